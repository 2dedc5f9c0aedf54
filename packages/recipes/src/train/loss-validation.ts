import { deriveSeed, type Executor, Random } from '@nano-emox/engine';
import { componentFromWeights, floatResult } from '@nano-emox/engine/runtime';
import type { DataSet, Phase, Validation } from '@nano-emox/p2e';
import { throwIfAborted } from '@nano-emox/tensor-contract';
import type { EmotionModelConfig } from 'nano-emox';
import { collateEmotionBatch, type EmotionSample, emotionNetwork } from 'nano-emox/training';

export interface LossValidationOptions {
  readonly config: EmotionModelConfig;
  readonly dataSets: readonly DataSet<EmotionSample>[];
  readonly executor: Executor;
  readonly seed: number;
  readonly samplesPerSet: number;
}

/**
 * Judges weights by the loss on held-out samples: the mean of each data set, weighted as the phase draws them. The samples
 * are drawn once from the seed, the same for every verdict.
 * @returns undefined when none of the data sets of the phase has held-out samples
 */
export function lossJudge(phase: Phase, options: LossValidationOptions): Validation['evaluate'] | undefined {
  const { config, executor, seed, samplesPerSet } = options;
  const judged = options.dataSets.filter(({ name, length }) => (phase.mixture[name] ?? 0) > 0 && length > 0);
  if (judged.length === 0) return undefined;
  const chosen = judged.map((set) => ({ set, indices: chooseIndices(set, samplesPerSet, seed) }));
  const definition = { type: 'emotion-network', module: emotionNetwork, resolveConfig: () => config };
  return async (weights, { signal }) => {
    const network = await componentFromWeights(definition, config, weights, { executor });
    try {
      const losses: Record<string, number> = {};
      for (const { set, indices } of chosen) {
        let sum = 0;
        for (let start = 0; start < indices.length; start += phase.batchSize) {
          throwIfAborted(signal, 'validation');
          const batch = indices.slice(start, start + phase.batchSize);
          const samples = await Promise.all(batch.map((index) => set.get(index)));
          const results = await network.run(collateEmotionBatch(samples, config), { signal });
          sum += (floatResult(results, 'loss').data[0] as number) * batch.length;
        }
        losses[set.name] = sum / indices.length;
      }
      const loss = weightedMean(losses, phase.mixture);
      const metrics = Object.entries(losses).map(([name, value]) => [`${name}.loss`, value]);
      return { score: -loss, metrics: { loss, ...Object.fromEntries(metrics) } };
    } finally {
      await network.dispose();
    }
  };
}

function chooseIndices({ name, length }: DataSet<unknown>, count: number, seed: number): number[] {
  const all = Array.from({ length }, (_, index) => index);
  return new Random(deriveSeed(seed, `validation ${name}`)).shuffle(all).slice(0, count);
}

function weightedMean(values: Readonly<Record<string, number>>, weights: Readonly<Record<string, number>>): number {
  const entries = Object.entries(values).map(([name, value]) => ({ value, weight: weights[name] as number }));
  const whole = entries.reduce((sum, { weight }) => sum + weight, 0);
  return entries.reduce((sum, { value, weight }) => sum + (value * weight) / whole, 0);
}
