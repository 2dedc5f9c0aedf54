import type { Device } from '@nano-emox/engine';
import type { CurriculumName, Mixtures, ModelChanges, TrainingEvent } from '@nano-emox/p2e';
import type { RunOptions } from '@nano-emox/tensor-contract';
import type { EmotionModelConfig } from 'nano-emox';
import type { TinyDataSet } from '../data/data-sets';
import type { SampleEvent, SampleOptions } from '../samples/sample-options';
import type { EmotionSource } from '../sources/emotion-source';
import type { PretrainedFolders } from '../train/pretrained-folders';

/** The stages of the recipe, in order. */
export const tinyStages = ['face-encoder', 'scene-encoder', 'audio-encoder', 'language-model', 'curriculum'] as const;
export type TinyStage = (typeof tinyStages)[number];

/** What happens while the recipe runs. */
export type TinyEvent =
  | TrainingEvent
  | SampleEvent
  | { readonly type: 'stage-start' | 'stage-end'; readonly stage: TinyStage }
  /** A data set is not in the data folder; the recipe goes on without it. */
  | { readonly type: 'data-missing'; readonly dataSet: TinyDataSet; readonly path: string; readonly message: string }
  | { readonly type: 'render-delta'; readonly renderedClips: number; readonly totalClips: number };

/** Options of the recipe. */
export interface TinyRecipeOptions extends RunOptions {
  /** Holds everything about the run; a run that was stopped continues from it. */
  readonly runFolder: string;
  /** Public data sets, each where the README of the package says. @default none: rendered clips alone */
  readonly dataFolder?: string;
  /** Table of what a teacher says of the pictures of FER2013, see `readFaceTeacher`. @default labels alone */
  readonly faceTeacher?: string;
  /** Rendered clips and decoded data sets. @default `cache` in the run folder */
  readonly cacheFolder?: string;
  /** @default 1 */
  readonly seed?: number;
  /** Factor of all numbers of steps. @default 1 */
  readonly stepsScale?: number;
  /** Rendered clips. @default 1600 to train on, 160 to judge by */
  readonly clips?: { readonly train: number; readonly validation: number };
  /** Worker threads that render; 0 renders in the caller's thread. @default 2 */
  readonly renderThreads?: number;
  /** Sizes of the parts. @default the preset `tiny` */
  readonly config?: EmotionModelConfig;
  /** @default 'auto' */
  readonly device?: Device;
  /** @default all the process may use */
  readonly threads?: number;
  readonly onEvent?: (event: TinyEvent) => void;
}

/** Options of `trainTinyFromNothing`. */
export interface TrainTinyOptions extends TinyRecipeOptions {
  /** @default 'p2e' */
  readonly curriculum?: CurriculumName;
  /** What an ablation changes in the model. @default nothing */
  readonly changes?: ModelChanges;
  /** A phase of the curriculum ends after this many verdicts in a row without a new best. @default never */
  readonly patience?: number;
}

/** Pretrained parts and sources of samples, from which any curriculum can start. Dispose it: it holds the encoders. */
export interface TinyMaterial {
  readonly config: EmotionModelConfig;
  readonly pretrained: PretrainedFolders;
  readonly sources: readonly EmotionSource[];
  /** Held-out clips, under the names of {@link sources}. */
  readonly validationSources: readonly EmotionSource[];
  /** How the tiny model is asked. */
  readonly samples: (source: EmotionSource) => SampleOptions;
  /** What each phase draws of {@link sources}. */
  readonly mixtures: Mixtures;
  dispose(): Promise<void>;
}
