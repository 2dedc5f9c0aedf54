/**
 * Training steps of the decoder in TensorFlow.js on WebAssembly; the protocol of `LinePeer`. argv[2]: folder of the problem.
 * In Node the WebAssembly backend has one thread.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { timed } from '../../measure/contestant';
import { openModel, type StoredProblem } from './model';

const folder = process.argv[2] as string;
const require = createRequire(import.meta.url);
setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
await tf.setBackend('wasm');

const problem = JSON.parse(readFileSync(join(folder, 'problem.json'), 'utf8')) as StoredProblem;
const bytes = readFileSync(join(folder, 'tensors.bin'));
const model = openModel(problem, new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4));

const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
say({ name: `TensorFlow.js ${tf.version.tfjs}`, details: `backend ${tf.getBackend()}, 1 thread` });
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === 'step') say(await timed(async () => ({ loss: model.step() })));
}
process.exit(0);
