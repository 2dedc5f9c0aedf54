import type { Executor } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { TrainingSession } from '@nano-emox/engine/training';
import { describe, expect, it } from 'vitest';
import { config, graph, samples, weights } from '../__fixtures__/emotion-samples';
import { collateEmotionBatch, type EmotionSample } from './collate-emotion-batch';
import { weightRoots } from './emotion-network';

const STEPS = 20;

/** As the curriculum trains: adapters and fusion, and of the language model what LoRA adds. */
const groupOf = (name: string) =>
  !name.startsWith(weightRoots.languageModel) || name.includes('.lora_') ? 'all' : undefined;

async function train(executor: Executor): Promise<number[]> {
  const session = await TrainingSession.open({ graph, weights, executor, groupOf });
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    // The first sample has all modalities; it and the others take turns.
    const sample = samples[step % 2 === 0 ? 0 : 1 + (((step - 1) / 2) % 3)] as EmotionSample;
    const batch = collateEmotionBatch([sample], config);
    losses.push((await session.update(batch, { learningRates: { all: 1e-3 } })).loss);
  }
  await session.dispose();
  await executor.dispose();
  return losses;
}

describe('training the composed network', () => {
  it('gives the same losses on TensorFlow.js and on ONNX Runtime over 20 steps', async () => {
    const expected = await train(await openExecutor({ device: 'cpu', workers: 0 }));
    const received = await train(await openExecutor({ device: 'tfjs' }));
    expect(expected[STEPS - 2]).toBeLessThan((expected[0] as number) - 0.5); // the same sample, learnt
    received.forEach((loss, step) => {
      expect(Math.abs(loss - (expected[step] as number)), `step ${step}`).toBeLessThanOrEqual(1e-4);
    });
  }, 120_000); // some seconds; minutes on a busy machine
});
