import type { GeneratedOutcome, TaskId, TaskValues } from '@nano-emox/tasks';
import type { AnalysisResult } from './result';

/** Steps before the questions are asked. */
export type StageName = 'decode' | 'scene' | 'face' | 'voice' | 'fuse';

/** Share of an analysis that is done; `total` stays the same throughout. */
export interface AnalysisProgress {
  readonly completed: number;
  readonly total: number;
}

/** Result of one task: a value with confidence, or why the answer could not be read; never an exception. */
export type TaskOutcome<Id extends TaskId = TaskId> = {
  [Key in Id]: GeneratedOutcome<TaskValues[Key]> & { readonly durationMs: number };
}[Id];

/** What happens during an analysis, in order. */
export type AnalysisEvent =
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
  | { readonly type: 'analysis-end'; readonly result: AnalysisResult };
