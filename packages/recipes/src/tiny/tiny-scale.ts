import type { CurriculumScale } from '@nano-emox/p2e';

/** The paper's curriculum at the size of a laptop: some two thousand steps, learning rates for a model of six million weights. */
export const tinyScale: CurriculumScale = {
  batchSize: 16,
  warmupSteps: 20,
  clipNorm: 1,
  steps: { 'perception-audio': 300, 'perception-visual': 400, 'understanding-fusion': 200, 'empathy-multitask': 900 },
  learningRates: {
    'perception-audio': { initial: 1e-3, minimum: 1e-4, warmup: 1e-5 },
    'perception-visual': { initial: 1e-3, minimum: 1e-4, warmup: 1e-5 },
    'understanding-fusion': { initial: 5e-4, minimum: 1e-4, warmup: 1e-5 },
    'empathy-multitask': { initial: 5e-4, minimum: 2e-5, warmup: 1e-5 },
  },
};
