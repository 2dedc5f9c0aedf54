import type { Device } from '@nano-emox/engine';
import type { CurriculumName, CurriculumScale } from '@nano-emox/p2e';
import type { RunOptions, SamplingOptions } from '@nano-emox/tensor-contract';
import type { EmotionSource } from '../sources/emotion-source';
import type { TinyMaterial } from '../tiny/tiny-options';
import type { TrainEmotionModelOptions } from '../train/training-options';

/** What all runs of a comparison start from; a `TinyMaterial` with a held-out source is one. */
export interface AblationBase
  extends Pick<TinyMaterial, 'config' | 'pretrained' | 'sources' | 'mixtures'>,
    Pick<TrainEmotionModelOptions, 'samples'> {
  /** Clips that no run trains on: every model is asked about them at its end, and nothing is chosen by them. */
  readonly heldOut: EmotionSource;
  /** Steps, batch and rates. @default `tinyScale` */
  readonly scale?: CurriculumScale;
}

/** Options of {@link ablate}. */
export interface AblateOptions extends RunOptions {
  readonly base: AblationBase;
  /** @default p2e, joint, reverse */
  readonly curricula?: readonly CurriculumName[];
  /** Further rows by their names in `ablations` of `@nano-emox/p2e`. @default none */
  readonly ablations?: readonly string[];
  /** Of adapters, fusion, LoRA and the order of samples. @default 1, 2, 3 */
  readonly seeds?: readonly number[];
  /** Factor of the steps of every run. @default 1 */
  readonly stepsScale?: number;
  /** Holds every run; a comparison that was stopped continues from it, and a run that is done is not repeated. */
  readonly runFolder: string;
  /** Held-out clips that each model is asked about. @default all */
  readonly limit?: number;
  /**
   * Held-out clips on which the attention gaps of each model are measured, before it is trained and after. @default 0: they are not
   */
  readonly attentionClips?: number;
  /** How the models answer. @default greedy */
  readonly sampling?: SamplingOptions;
  /** Recorded with every number. @default 'ablate' */
  readonly command?: string;
  /** @default 'auto' */
  readonly device?: Device;
  /** @default all the process may use */
  readonly threads?: number;
  readonly onEvent?: (event: AblationEvent) => void;
}

/** Which run. */
interface RunFacts {
  readonly name: string;
  readonly seed: number;
  /** From 1 to `totalRuns`. */
  readonly run: number;
  readonly totalRuns: number;
}

/** What happens during a comparison. */
export type AblationEvent =
  | ({ readonly type: 'run-start' } & RunFacts)
  /** Steps of all phases of the run. */
  | ({ readonly type: 'run-delta'; readonly step: number; readonly steps: number; readonly loss: number } & RunFacts)
  | ({ readonly type: 'answers-delta'; readonly askedClips: number; readonly totalClips: number } & RunFacts)
  /** `isNew` is false for a run that was done before. */
  | ({
      readonly type: 'run-end';
      readonly isNew: boolean;
      readonly metrics: Readonly<Record<string, number>>;
    } & RunFacts);
