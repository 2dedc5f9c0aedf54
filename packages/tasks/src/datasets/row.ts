import type { Dialogue } from '../prompt/dialogue';
import type { ModalityMode } from '../prompt/modality-modes';
import type { AnyTaskId, AnyTaskValues } from '../task';

/** What a model should answer for one task: the gold value as {@link AnyTaskValues} types it. */
export type SampleTarget = {
  [Id in AnyTaskId]: { readonly task: Id; readonly value: AnyTaskValues[Id] };
}[AnyTaskId];

/** Paths of a sample, each joined to the root of the data set and inside it. Whether they exist is not checked by default. */
export interface SampleMedia {
  /** A clip, or the folder of its frames (FERV39k). */
  readonly video?: string;
  readonly audio?: string;
  readonly image?: string;
}

/** One annotated sample of any data set. */
export interface EmotionSampleRow {
  /** Unique within the data set. */
  readonly id: string;
  /** Name of the data set, e.g. `mintrec`. */
  readonly dataSet: string;
  /** `train`, `dev`, `test`, or a further name that the data set gives a part (MER2023 `test2`). */
  readonly split: string;
  readonly media?: SampleMedia;
  /** The words spoken in the clip, as annotated. */
  readonly subtitle?: string;
  readonly speaker?: string;
  /** For data sets of conversations: what was said before. */
  readonly dialogue?: Dialogue;
  /** One gold value per task, in a fixed order. A sampler that trains one task at a time draws among them. */
  readonly targets: readonly [SampleTarget, ...SampleTarget[]];
  /** Labels to choose from, for sets whose published question lists them. */
  readonly candidates?: readonly string[];
  /** Mode in which Nano-EmoX trains or tests on the set. */
  readonly modalityMode: ModalityMode;
}
