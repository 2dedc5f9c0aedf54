/**
 * Training steps of the decoder in TensorFlow.js on WebAssembly; the protocol of `LinePeer`. argv[2]: folder of the problem.
 * In Node the WebAssembly backend has one thread.
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { DecoderConfig } from '@nano-emox/lm-lora';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { timed } from '../../measure/contestant';
import { serveSteps } from '../../measure/serve-steps';
import { readProblem } from '../stored-problem';
import { openModel } from './model';

const require = createRequire(import.meta.url);
setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
await tf.setBackend('wasm');

const model = openModel(await readProblem<DecoderConfig>(process.argv[2] as string));
await serveSteps({
  name: `TensorFlow.js ${tf.version.tfjs}`,
  details: `backend ${tf.getBackend()}, 1 thread`,
  run: () => timed(async () => ({ loss: model.step() })),
  dispose: async () => undefined,
});
