import type { MediaWarning } from '@nano-emox/media';
import type { ModalityMode, TaskId } from '@nano-emox/tasks';
import type { Modality } from '@nano-emox/tensor-contract';
import type { ClipEvidence } from './encode-clip';
import type { StageName, TaskOutcome } from './events';
import type { EmotionMoment } from './timeline';

/** Everything an analysis found, and what it rests on. Plain JSON. */
export interface AnalysisResult {
  /** Results by task; only the tasks that were asked for. */
  readonly tasks: { readonly [Id in TaskId]?: TaskOutcome<Id> };
  /** The emotion along the clip, where it was asked for. */
  readonly timeline?: readonly EmotionMoment[];
  /** Modalities the language model read, besides words. */
  readonly modalities: readonly Modality[];
  /** Prompt layout that follows from them. */
  readonly mode: ModalityMode;
  /** Words the answers rest on; empty when none were given. */
  readonly words: string;
  readonly evidence: ClipEvidence;
  /** Weight of each fusion expert, shallow to deep, sum 1. */
  readonly gate?: readonly number[];
  readonly timingsMs: Readonly<Partial<Record<StageName | TaskId | 'timeline' | 'total', number>>>;
  readonly model: { readonly preset: string; readonly device: string };
  readonly warnings: readonly (MediaWarning | { readonly code: 'runtime'; readonly message: string })[];
}
