import { paperScale, releasedEpochs } from './paper-settings';
import type { LearningRate, Phase, TrainableRule } from './phase';

/** Phases in order; each starts from the weights of the one before. */
export interface Curriculum {
  readonly name: string;
  readonly phases: readonly Phase[];
}

/** The four runs of the three phases. */
export const phaseNames = [
  'perception-audio',
  'perception-visual',
  'understanding-fusion',
  'empathy-multitask',
] as const;
export type PhaseName = (typeof phaseNames)[number];

/** What each phase samples, as data-set name → weight. */
export type Mixtures = Readonly<Record<PhaseName, Readonly<Record<string, number>>>>;

/** Sizes and learning rates of a curriculum. */
export interface CurriculumScale {
  readonly batchSize: number;
  /** @default 1 */
  readonly accumulationSteps?: number;
  readonly steps: Readonly<Record<PhaseName, number>>;
  readonly learningRates: Readonly<Record<PhaseName, LearningRate>>;
  /** Of the joint curriculum. @default that of the last phase */
  readonly jointLearningRate?: LearningRate;
  /** In every phase; no longer than the phase. */
  readonly warmupSteps: number;
  readonly clipNorm?: number;
}

/** Makes a curriculum from what to draw and how much. @param scale the paper's by default */
export type CurriculumPreset = (mixtures: Mixtures, scale?: CurriculumScale) => Curriculum;

const adapters = 'adapters';
const lora = 'lora';

/** Parameter names as in the published checkpoint (fact sheet section 10.1), by module; every kind of adapter and fusion. */
const modules = {
  audio: [/^audio_/],
  video: [/^video_/, /^image_llama_proj\./], // the latter is the linear adapter
  face: [/^facial_encoder\.(query|attn\.|face_proj\.)/],
  fusion: [/^multi_/, /^(attention_mlp|fc_att)\./],
  lora: [/\.lora_[AB]\./],
  attention: [/\.duplex_attention\.layers\./], // where the language model has it
} as const satisfies Readonly<Record<string, readonly RegExp[]>>;

const train = (group: string, ...names: (keyof typeof modules)[]): TrainableRule[] =>
  names.flatMap((name) => modules[name].map((match) => ({ match, group })));

const everything = [...train(adapters, 'audio', 'video', 'face', 'fusion'), ...train(lora, 'lora', 'attention')];

/** What trains in each phase: the paper's table (fact sheet section 8). */
const trainableIn: Readonly<Record<PhaseName, readonly TrainableRule[]>> = {
  'perception-audio': train(adapters, 'audio'),
  'perception-visual': train(adapters, 'video', 'face'),
  'understanding-fusion': train(adapters, 'audio', 'video', 'face', 'fusion'),
  'empathy-multitask': everything,
};

/** Perception to empathy: the paper's curriculum. */
export const p2eCurriculum: CurriculumPreset = (mixtures, scale = paperScale) => ({
  name: 'p2e',
  phases: phaseNames.map((name) => ({
    ...commonOf(scale, scale.steps[name], scale.learningRates[name]),
    name,
    mixture: mixtures[name],
    trainable: trainableIn[name],
  })),
});

/**
 * Everything at once, for comparison: what the last phase trains, on the data of all phases, in as many steps as these have
 * together. A data set is drawn as often, in expectation, as in the curriculum.
 */
export const jointCurriculum: CurriculumPreset = (mixtures, scale = paperScale) => {
  const learningRate = scale.jointLearningRate ?? scale.learningRates['empathy-multitask'];
  const name = 'joint-multitask';
  const mixture = joinMixtures(mixtures, scale.steps);
  const common = commonOf(scale, totalOf(Object.values(scale.steps)), learningRate);
  return { name: 'joint', phases: [{ ...common, name, mixture, trainable: everything }] };
};

/** Empathy to perception, for comparison: the phases of {@link p2eCurriculum} from last to first, unchanged. */
export const reverseCurriculum: CurriculumPreset = (mixtures, scale = paperScale) => ({
  name: 'reverse',
  phases: p2eCurriculum(mixtures, scale).phases.toReversed(),
});

/** The paper's curriculum with all that the published code does otherwise; for `releasedMixtures`. */
export const releasedCurriculum: CurriculumPreset = (mixtures, scale = paperScale) => ({
  name: 'p2e-released',
  phases: p2eCurriculum(mixtures, scale).phases.map((phase) => ({
    ...phase,
    deviations: {
      epochsCountFromOne: { epochs: releasedEpochs[phase.name as PhaseName] },
      subsetsThenUniform: true,
      noDecayByNamePart: true,
    },
  })),
});

/** Every curriculum by name. */
export const curricula = {
  p2e: p2eCurriculum,
  joint: jointCurriculum,
  reverse: reverseCurriculum,
  'p2e-released': releasedCurriculum,
} as const satisfies Readonly<Record<string, CurriculumPreset>>;
export type CurriculumName = keyof typeof curricula;

/** What all phases of a scale have in common. */
function commonOf(scale: CurriculumScale, steps: number, learningRate: LearningRate) {
  const { batchSize, warmupSteps, accumulationSteps, clipNorm } = scale;
  return {
    learningRates: { [adapters]: learningRate, [lora]: learningRate },
    steps,
    batchSize,
    warmupSteps: Math.min(warmupSteps, steps),
    ...(accumulationSteps !== undefined && { accumulationSteps }),
    ...(clipNorm !== undefined && { clipNorm }),
  };
}

/** Weights such that a data set gets its share of the steps of every phase that draws it. */
function joinMixtures(mixtures: Mixtures, steps: CurriculumScale['steps']): Record<string, number> {
  const joined: Record<string, number> = {};
  for (const phase of phaseNames) {
    const weights = Object.entries(mixtures[phase]);
    const whole = totalOf(weights.map(([, weight]) => weight));
    for (const [name, weight] of weights) joined[name] = (joined[name] ?? 0) + (steps[phase] * weight) / whole;
  }
  return joined;
}

const totalOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
