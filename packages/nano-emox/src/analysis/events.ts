import type { AnyTaskId, AnyTaskValues, GeneratedOutcome, TaskId } from '@nano-emox/tasks';
import type { HostTensor } from '@nano-emox/tensor-contract';
import type { EmotionDecision } from './decide-emotion';
import type { ClipEvidence, EncodedClip } from './encode-clip';
import type { AnalysisResult } from './result';
import type { EmotionMoment } from './timeline';

/** Steps before the questions are asked. */
export type StageName = 'decode' | 'scene' | 'face' | 'voice' | 'fuse';

/** Share of an analysis that is done; `total` stays the same throughout. */
export interface AnalysisProgress {
  readonly completed: number;
  readonly total: number;
}

/**
 * Result of one task: a value with confidence, or why the answer could not be read; never an exception. `decision` is there
 * where a perception head had a say in the emotion: then `confidence` is a calibrated probability.
 */
export type TaskOutcome<Id extends AnyTaskId = TaskId> = {
  [Key in Id]: GeneratedOutcome<AnyTaskValues[Key]> & { readonly durationMs: number } & (Key extends 'mer'
      ? { readonly decision?: EmotionDecision }
      : unknown);
}[Id];

/** A clip as it was decoded, before anything is computed from it: for showing what the model is about to see. */
export interface ReadClip {
  readonly evidence: ClipEvidence;
  /** uint8 `[frames, 3, height, width]`, RGB, 0..255, squashed to a square; absent without picture. The clip's own memory: read only. */
  readonly frames?: HostTensor<'uint8'>;
}

/**
 * What happens during an analysis, in order. `clip-read` and `clip-encoded` come once each, and not for a clip that was
 * encoded before; the `clip` of the latter can be asked again. Those of the timeline come last, where it is asked for.
 */
export type AnalysisEvent =
  | ({ readonly type: 'clip-read' } & ReadClip)
  | { readonly type: 'clip-encoded'; readonly clip: EncodedClip }
  | { readonly type: 'stage-start'; readonly stage: StageName; readonly progress: AnalysisProgress }
  | {
      readonly type: 'stage-end';
      readonly stage: StageName;
      readonly durationMs: number;
      readonly progress: AnalysisProgress;
    }
  | { readonly type: 'task-start'; readonly task: TaskId; readonly progress: AnalysisProgress }
  | { readonly type: 'task-delta'; readonly task: TaskId; readonly text: string }
  | {
      readonly type: 'task-end';
      readonly task: TaskId;
      readonly outcome: TaskOutcome;
      readonly progress: AnalysisProgress;
    }
  | { readonly type: 'timeline-start'; readonly progress: AnalysisProgress }
  | { readonly type: 'timeline-moment'; readonly moment: EmotionMoment }
  | {
      readonly type: 'timeline-end';
      readonly moments: readonly EmotionMoment[];
      readonly durationMs: number;
      readonly progress: AnalysisProgress;
    }
  | { readonly type: 'analysis-end'; readonly result: AnalysisResult };
