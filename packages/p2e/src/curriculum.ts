import type { LearningRate, Phase, TrainableRule } from './phase';

/** Phases in order; each starts from the weights of the one before. */
export interface Curriculum {
  readonly name: string;
  readonly phases: readonly Phase[];
}

const adapters = 'adapters';
const lora = 'lora';

/** Parameter names as in the published checkpoint (fact sheet section 10.1), by module. */
const modules = {
  audio: [/^audio_/],
  video: [/^video_/],
  face: [/^facial_encoder\.(query|attn\.|face_proj\.)/],
  fusion: [/^multi_/],
  lora: [/\.lora_[AB]\./],
} as const satisfies Readonly<Record<string, readonly RegExp[]>>;

const train = (group: string, ...names: (keyof typeof modules)[]): TrainableRule[] =>
  names.flatMap((name) => modules[name].map((match) => ({ match, group })));

const paperRate = (initial: number, minimum: number, warmup: number): LearningRate => ({ initial, minimum, warmup });

/** Steps, batch and learning rates of a curriculum that differ from the paper's, per phase. */
export interface CurriculumScale {
  readonly batchSize: number;
  readonly steps: Readonly<Record<PhaseName, number>>;
  readonly learningRates: Readonly<Record<PhaseName, LearningRate>>;
  readonly warmupSteps: number;
  readonly clipNorm?: number;
}

/** The four runs of the three phases. */
export const phaseNames = [
  'perception-audio',
  'perception-visual',
  'understanding-fusion',
  'empathy-multitask',
] as const;
export type PhaseName = (typeof phaseNames)[number];

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
    'perception-audio': paperRate(3e-4, 1e-4, 1e-6),
    'perception-visual': paperRate(3e-4, 1e-4, 1e-6),
    'understanding-fusion': paperRate(1e-5, 1e-5, 5e-7),
    'empathy-multitask': paperRate(8e-6, 8e-6, 5e-7),
  },
};

/** What each phase samples, as data-set name → weight. */
export type Mixtures = Readonly<Record<PhaseName, Readonly<Record<string, number>>>>;

/** The paper's data sets (fact sheet sections 7 and 9.3). */
export const paperMixtures: Mixtures = {
  'perception-audio': { m3ed: 29, 'crema-d': 9 },
  'perception-visual': { ferv39k: 46, caer: 16 },
  'understanding-fusion': { mintrec: 24, mintrec2: 76 },
  'empathy-multitask': { 'mer-caption-plus': 0.55, 'merr-fine': 0.05, mintrec: 0.02, mintrec2: 0.03, avamerg: 0.35 },
};

/** Perception to empathy: what trains in each phase is the paper's table (fact sheet section 8). */
export function p2eCurriculum(mixtures: Mixtures, scale: CurriculumScale = paperScale): Curriculum {
  const phase = (name: PhaseName, trainable: readonly TrainableRule[]): Phase => ({
    name,
    mixture: mixtures[name],
    trainable,
    learningRates: { [adapters]: scale.learningRates[name], [lora]: scale.learningRates[name] },
    steps: scale.steps[name],
    batchSize: scale.batchSize,
    warmupSteps: Math.min(scale.warmupSteps, scale.steps[name]),
    ...(scale.clipNorm !== undefined && { clipNorm: scale.clipNorm }),
  });
  return {
    name: 'p2e',
    phases: [
      phase('perception-audio', train(adapters, 'audio')),
      phase('perception-visual', train(adapters, 'video', 'face')),
      phase('understanding-fusion', train(adapters, 'audio', 'video', 'face', 'fusion')),
      phase('empathy-multitask', [...train(adapters, 'audio', 'video', 'face', 'fusion'), ...train(lora, 'lora')]),
    ],
  };
}
