import type { CurriculumScale, Mixtures, PhaseName } from './curriculum';
import { mixtureByTask } from './mixture-by-task';
import type { LearningRate } from './phase';

const rate = (initial: number, minimum: number, warmup: number): LearningRate => ({ initial, minimum, warmup });

/** The paper's runs (fact sheet 9.1): warm-up as intended, one rate for everything that trains. */
export const paperScale: CurriculumScale = {
  batchSize: 3,
  warmupSteps: 5000,
  steps: {
    'perception-audio': 15_000,
    'perception-visual': 25_000,
    'understanding-fusion': 5_000,
    'empathy-multitask': 300_000,
  },
  learningRates: {
    'perception-audio': rate(3e-4, 1e-4, 1e-6),
    'perception-visual': rate(3e-4, 1e-4, 1e-6),
    'understanding-fusion': rate(1e-5, 1e-5, 5e-7),
    'empathy-multitask': rate(8e-6, 8e-6, 5e-7),
  },
  jointLearningRate: rate(1e-5, 1e-5, 5e-7), // the released single-stage configuration
};

/** The first two phases, as the shares of the paper's charts (fact sheet section 7); every set there serves one task. */
const earlyMixtures = {
  'perception-audio': { m3ed: 29, 'crema-d': 9 },
  'perception-visual': { ferv39k: 46, caer: 16 },
  'understanding-fusion': { mintrec: 24, mintrec2: 76 },
};

/** The paper's data sets; the last phase by its ratio of tasks (fact sheet 9.3), as `<data set>/<task>`. */
export const paperMixtures: Mixtures = {
  ...earlyMixtures,
  'empathy-multitask': mixtureByTask({
    mer: ['avamerg'],
    ovMer: ['mer-caption-plus'],
    mir: { mintrec: 2, mintrec2: 3 },
    eri: { 'mer-caption-plus': 27.5, 'merr-fine': 5 },
    erg: ['avamerg'],
  }),
};

/** The data sets of the released configuration, the last phase by data set: fractions for `subsetsThenUniform` (9.3). */
export const releasedMixtures: Mixtures = {
  ...earlyMixtures,
  'empathy-multitask': { 'mer-caption-plus': 0.55, 'merr-fine': 0.05, mintrec: 0.02, mintrec2: 0.03, avamerg: 0.35 },
};

/** Epochs of the released configurations (fact sheet 9.1). */
export const releasedEpochs: Readonly<Record<PhaseName, number>> = {
  'perception-audio': 3,
  'perception-visual': 5,
  'understanding-fusion': 1,
  'empathy-multitask': 60,
};
