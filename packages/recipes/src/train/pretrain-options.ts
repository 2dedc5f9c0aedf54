import type { Device } from '@nano-emox/engine';
import type { TrainingEvent } from '@nano-emox/p2e';
import type { RunOptions } from '@nano-emox/tensor-contract';
import type { EmotionModelConfig } from 'nano-emox';
import type { TinyDataSet } from '../data/data-sets';
import type { RenderedSet } from '../data/rendered';

/** What every pretraining of a part is given. */
export interface PretrainOptions extends RunOptions {
  /** Of the whole model; each pretraining makes its part. */
  readonly config: EmotionModelConfig;
  readonly rendered: { readonly train: RenderedSet; readonly validation: RenderedSet };
  /** Where public data lie, and which of them are there. @default none */
  readonly data?: { readonly folder: string; readonly sets: readonly TinyDataSet[] };
  /** Table of what a teacher says of the pictures of FER2013. @default labels alone */
  readonly faceTeacher?: string;
  /** Decoded data sets. */
  readonly cacheFolder: string;
  /** The part gets a folder in it, with `model/`. */
  readonly runFolder: string;
  readonly seed: number;
  readonly steps: number;
  readonly device?: Device;
  readonly threads?: number;
  readonly onEvent?: (event: TrainingEvent) => void;
}

/** Warm-up of a pretraining; a run of few steps warms up for an eighth of them. */
export const warmupOf = (steps: number, usual: number): number => Math.min(usual, Math.floor(steps / 8));
