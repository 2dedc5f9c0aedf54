import type { EmotionSampleRow } from '@nano-emox/tasks/datasets';
import type { RunOptions } from '@nano-emox/tensor-contract';
import type { ClipFeatures } from 'nano-emox/training';

/**
 * Clips with annotations, and what the frozen encoders make of them: where every sample of training and every question of an
 * evaluation comes from. Corpora on disk and clips that are rendered on the spot look the same from here on.
 */
export interface EmotionSource {
  readonly name: string;
  readonly length: number;
  /** Annotations of clip `index`: subtitle, targets, modality mode. */
  row(index: number): Promise<EmotionSampleRow>;
  /** Features of clip `index`; a modality that the clip lacks is absent. Computed at most once, then read from the cache. */
  features(index: number, options?: RunOptions): Promise<ClipFeatures>;
}
