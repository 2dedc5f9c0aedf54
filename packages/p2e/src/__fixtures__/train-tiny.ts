// biome-ignore-all lint/suspicious/noConsole: a program of a test, which reads its lines
import { createHash } from 'node:crypto';
import { openOnnxRuntimeNode } from '@nano-emox/engine/onnxruntime-node';
import type { HostTensor } from '@nano-emox/tensor-contract';
import type { Validation } from '../best-weights';
import { hashTensors } from '../fingerprint';
import { trainCurriculum } from '../train-curriculum';
import { sentences, tinyCurriculum, tinyTransformer } from './tiny-transformer';

/**
 * Trains the tiny curriculum in a folder, continuing what is there: `train-tiny <folder> <steps per phase>`. Prints what
 * happens, and at the end the hash of all weights.
 */
const [folder = '', steps = '0'] = process.argv.slice(2);
const executor = await openOnnxRuntimeNode({ workers: 0, threads: 1 });

/** Any function of the weights serves: what matters is that the choice among them survives. */
const validation: Validation = {
  everySteps: 5,
  evaluate: async (weights) => {
    const { data } = weights.get('head.weight') as HostTensor<'float32'>;
    return { score: Math.sin(1000 * (data[0] as number)), metrics: {} };
  },
};

const weights = await trainCurriculum({
  curriculum: tinyCurriculum(Number(steps)),
  model: tinyTransformer(),
  dataSets: [sentences('short', 40, 1), sentences('long', 70, 2)],
  executor,
  seed: 7,
  checkpointFolder: folder,
  checkpointEverySteps: 2,
  validations: { head: validation, all: validation },
  onEvent: ({ type, phase, ...facts }) => console.log(type, phase, 'step' in facts ? facts.step : ''),
});
await executor.dispose();
const hash = createHash('sha256');
hashTensors(hash, weights);
console.log('weights', hash.digest('hex'));
