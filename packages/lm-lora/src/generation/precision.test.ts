import {
  initializeWeights,
  type LogitDeviation,
  logitDeviation,
  type Precision,
  Random,
  traceModule,
} from '@nano-emox/engine';
import { componentFromWeights, openExecutor } from '@nano-emox/engine/runtime';
import type { FloatTensor, HostTensor } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveDecoderConfig } from '../config/decoder-config';
import { decoderModule } from '../decoder/decoder-module';
import { generationDefinition } from '../language-model-definition';
import { type DecoderWeights, isLoraWeight, mergeLora } from '../lora/lora-weights';
import { DecoderRun } from './decoder-run';

const config = resolveDecoderConfig({
  vocabSize: 500,
  hidden: 128,
  layers: 3,
  heads: 4,
  keyHeads: 2,
  mlp: 256,
  attentionBias: true,
  maxPositions: 256,
  lora: { rank: 8 },
});
/** Fresh weights are nearly uniform; larger ones give the model opinions. Low-rank branches that were trained say something, too. */
const random = new Random(12);
const weights = new Map(
  [...initializeWeights(traceModule(decoderModule, config), 11)].map(([name, tensor]): [string, HostTensor] => {
    if (name.includes('lora_B')) {
      return [name, { ...tensor, data: (tensor as FloatTensor).data.map(() => 0.1 * random.normal()) } as FloatTensor];
    }
    const factor = tensor.dims.length === 2 && !name.includes('lora') ? 5 : 1;
    return [name, { ...tensor, data: (tensor as FloatTensor).data.map((value) => value * factor) } as FloatTensor];
  }),
);
const ids = Array.from({ length: 60 }, (_, index) => (index * index + 3 * index) % 500);

const executor = await openExecutor({ workers: 0, threads: 1 });
afterAll(() => executor.dispose());

/** Logits `[60, 500]`: of the first forty tokens at once, of the others one by one. */
async function logitsAt(precision: Precision, decoder: DecoderWeights = { config, weights }): Promise<Float32Array> {
  const handle = await componentFromWeights(generationDefinition, decoder.config, decoder.weights, {
    executor,
    precision,
  });
  const run = await DecoderRun.start({ handle });
  const prompt = ids.slice(0, 40);
  const logits = await run.append({ inputIds: prompt, rows: prompt.map((_, index) => index) });
  for (const id of ids.slice(40)) logits.push(...(await run.append({ inputIds: [id] })));
  await run.dispose();
  expect(handle.weights.get('model.layers.0.mlp.up_proj.weight')?.type).toBe('float32');
  await handle.dispose();
  return Float32Array.from(logits.flatMap((row) => [...row]));
}

const expected = await logitsAt('float32');
const bounds: readonly [Precision, LogitDeviation][] = [
  ['int8', { meanDivergence: 0.005, largestDivergence: 0.02, agreement: 0.8 }],
  ['int4', { meanDivergence: 0.05, largestDivergence: 0.3, agreement: 0.65 }],
];

describe.each(bounds)('generation in %s', (precision, bound) => {
  it('stays near float32, in the prompt and behind it', async () => {
    const found = await logitsAt(precision);
    const { meanDivergence, largestDivergence, agreement } = logitDeviation(expected, found, 500);
    expect(meanDivergence).toBeLessThan(bound.meanDivergence);
    expect(largestDivergence).toBeLessThan(bound.largestDivergence);
    expect(agreement).toBeGreaterThanOrEqual(bound.agreement);
    expect(meanDivergence).toBeGreaterThan(1e-7);
  });
});

it('adds low-rank matrices up before it rounds, and keeps them apart in its weights', async () => {
  const merged = mergeLora({ config, weights });
  expect(await logitsAt('int8')).toEqual(await logitsAt('int8', merged));
  const base = new Map([...weights].filter(([name]) => !isLoraWeight(name)));
  expect(
    logitDeviation(expected, await logitsAt('float32', { config: merged.config, weights: base }), 500).agreement,
  ).toBeLessThan(0.8);
  const handle = await componentFromWeights(generationDefinition, config, weights, { executor, precision: 'int8' });
  expect([...handle.weights.keys()].filter(isLoraWeight)).toHaveLength(3 * 7 * 2);
  await handle.dispose();
});

it('reads prompts in 8 bits when it answers in 4', async () => {
  const [eight, four] = [await logitsAt('int8'), await logitsAt('int4')];
  const prompt = 40 * 500;
  expect(four.subarray(0, prompt)).toEqual(eight.subarray(0, prompt));
  expect(logitDeviation(eight.subarray(prompt), four.subarray(prompt), 500).meanDivergence).toBeGreaterThan(1e-4);
});

it('holds one session per precision that ran, and none after dispose', async () => {
  const before = executor.usage();
  const handle = await componentFromWeights(generationDefinition, config, weights, { executor, precision: 'int4' });
  const run = await DecoderRun.start({ handle });
  await run.append({ inputIds: [1] });
  expect(executor.usage().sessions).toBe(before.sessions + 1);
  await run.append({ inputIds: [1, 2] });
  expect(executor.usage().sessions).toBe(before.sessions + 2);
  await run.dispose();
  await handle.dispose();
  expect(executor.usage()).toEqual(before);
});
