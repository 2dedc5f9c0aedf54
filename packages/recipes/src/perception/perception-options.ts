import type {
  DistillHeadOptions,
  NetworkTeacher,
  PerceptionHeadConfig,
  TeacherTable,
  TrainGateOptions,
  TrainingEvent,
  TrainingReport,
} from '@nano-emox/distillation';
import type { Device } from '@nano-emox/engine';
import type { RunOptions } from '@nano-emox/tensor-contract';
import type { PredictionEvent } from '../evaluate/predict-answers';
import type { SampleEvent } from '../samples/sample-options';
import type { EmotionSource } from '../sources/emotion-source';

type Length = 'epochs' | 'batchSize' | 'learningRate' | 'schedule' | 'weightDecay';

/** What happens while a perception head is trained. */
export type PerceptionEvent =
  | SampleEvent
  | PredictionEvent
  /** Of the training of the head, then of the gate. */
  | ({ readonly part: 'head' | 'gate' } & TrainingEvent);

/** Options of {@link trainPerceptionHead}. */
export interface TrainPerceptionHeadOptions extends RunOptions {
  /** Clips with an emotion to learn from, with features of the model's own encoders; never of a test part. */
  readonly sources: readonly EmotionSource[];
  /** The model with its head is written here; may be the folder of the model itself. */
  readonly folder: string;
  /** @default 'face' */
  readonly reads?: PerceptionHeadConfig['reads'];
  /** @default the seven emotions of MER */
  readonly classes?: readonly string[];
  /**
   * What the head is distilled from: logits by the ids of the rows, or a network that reads the features of the encoder, float32
   * `[rows, 1, featureDim]`. @default none: the head learns from labels alone
   */
  readonly teacher?: TeacherTable | NetworkTeacher;
  /** Class names of the teacher that differ, and what becomes of further classes. */
  readonly align?: { readonly rename?: Readonly<Record<string, string>>; readonly otherClasses?: 'refuse' | 'drop' };
  /** @default as `distillHead` of `@nano-emox/distillation` */
  readonly head?: Pick<DistillHeadOptions, 'alpha' | 'temperature' | 'depth' | 'widths' | 'dropout' | Length>;
  /** @default 100 epochs at 3e-2 on probabilities of the head; the rest as `trainGate` of `@nano-emox/distillation` */
  readonly gate?: Pick<TrainGateOptions, 'type' | 'headForm' | 'experts' | Length>;
  /** Share of the clips (by speaker, where speakers are known) that the head does not learn from: two thirds for the gate, one to check it. @default 0.3 */
  readonly heldOutShare?: number;
  /** Keeps the answers of the language model. @default they are not kept */
  readonly cacheFolder?: string;
  /** @default 1 */
  readonly seed?: number;
  readonly device?: Device;
  readonly threads?: number;
  readonly onEvent?: (event: PerceptionEvent) => void;
}

/** What {@link trainPerceptionHead} made. Plain JSON. */
export interface TrainedPerceptionHead {
  readonly modelFolder: string;
  /** Clips that were used, and those held out whose answer could not be read. */
  readonly rows: { readonly head: number; readonly gate: number; readonly check: number; readonly unread: number };
  readonly head: TrainingReport;
  readonly gate: TrainingReport;
  /** Share of right answers on the clips that check: they chose epoch and temperature of the gate, so test data may say less. */
  readonly accuracy: { readonly word: number; readonly head: number; readonly decided: number };
}
