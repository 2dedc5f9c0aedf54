import type { Device } from '@nano-emox/engine';
import type { SaveOptions } from '@nano-emox/engine/runtime';
import type { Curriculum, TrainingEvent, Validation } from '@nano-emox/p2e';
import type { HostTensor, RunOptions } from '@nano-emox/tensor-contract';
import type { EmotionModelConfig, ModelComponents } from 'nano-emox';
import type { SampleEvent, SampleOptions } from '../samples/sample-options';
import type { EmotionSource } from '../sources/emotion-source';
import type { PretrainedFolders } from './pretrained-folders';

/** How weights are judged while they train; never on test data. */
export interface ValidationOptions {
  /** Steps between two verdicts. @default a quarter of each phase */
  readonly everySteps?: number;
  /** A phase ends after this many verdicts in a row without a new best. @default never */
  readonly patience?: number;
  /** Samples of each data set that are judged. @default 48 */
  readonly samplesPerSet?: number;
  /** Judge in place of the loss; larger scores are better. Weights have the names of `emotionNetwork`. */
  readonly evaluate?: Validation['evaluate'];
}

/** Storage of the tensors of each part on disk. */
export type PartStorage = Readonly<Partial<Record<keyof ModelComponents, SaveOptions['storage'] & {}>>>;

/** Options of `trainEmotionModel`. */
export interface TrainEmotionModelOptions extends RunOptions {
  /** Of the model to train; its encoders and language model have the sizes of the pretrained ones. */
  readonly config: EmotionModelConfig;
  /** Encoders and language model to start from: folder of a model, or of each part. All else begins fresh. */
  readonly pretrained: string | PretrainedFolders;
  /** Weights of `emotionNetwork` that take the place of pretrained and fresh ones, as another training returned them. @default none */
  readonly startWeights?: ReadonlyMap<string, HostTensor>;
  /** Phases; their mixtures name data sets as `<source>/<task>`. */
  readonly curriculum: Curriculum;
  readonly sources: readonly EmotionSource[];
  /** Sources of the same names with held-out clips; a phase is judged on those that its mixture draws. @default none */
  readonly validationSources?: readonly EmotionSource[];
  readonly validation?: ValidationOptions;
  /** How questions are put, for all sources or for each. */
  readonly samples?: SampleOptions | ((source: EmotionSource) => SampleOptions);
  readonly seed: number;
  /** Holds everything about the run; a run that was stopped continues from it. The model is written to `model/` in it. */
  readonly runFolder: string;
  /** @default 'auto' */
  readonly device?: Device;
  /** @default all the process may use */
  readonly threads?: number;
  /** @default 200 */
  readonly checkpointEverySteps?: number;
  /** @default encoders as int8 matrices, the rest as float16 */
  readonly storage?: PartStorage;
  /** Facts recorded in `config.json` of the run, such as the names of data sets. */
  readonly about?: Readonly<Record<string, unknown>>;
  readonly onEvent?: (event: TrainingEvent | SampleEvent) => void;
}

/** What a training leaves behind. */
export interface TrainedEmotionModel {
  /** Loadable by `NanoEmoX.fromPretrained`. */
  readonly modelFolder: string;
  /** Weights of `emotionNetwork` after the last phase. */
  readonly weights: ReadonlyMap<string, HostTensor>;
}
