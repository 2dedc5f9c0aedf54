import type { AnyTaskId } from '@nano-emox/tasks';
import type { AnalysisResult, TaskOutcome } from 'nano-emox';
import type { TextRequest } from './read-texts';

/** Outcomes of some tasks, the six and those about texts alone. */
export type AnyOutcomes = { readonly [Id in AnyTaskId]?: TaskOutcome<Id> };

/** What report and JSON document of a text are made from. */
export interface AnalyzedText extends TextRequest {
  readonly outcomes: AnyOutcomes;
  readonly model: AnalysisResult['model'];
  /** Time to load the model, once for all texts. */
  readonly loadMs: number;
}
