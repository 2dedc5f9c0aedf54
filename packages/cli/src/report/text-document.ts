import type { AnyTaskId, AnyTaskValues } from '@nano-emox/tasks';
import type { AnalysisResult } from 'nano-emox';
import type { AnalyzedText } from '../analyze/analyzed-text';
import type { TextRequest, UnreadText } from '../analyze/read-texts';
import { describeError, type ErrorDocument } from '../print-error';
import { type AnswerDocument, answerDocument } from './json-document';
import { textTimings } from './sections';

/** What `--json` prints for a text: one key for each task that was asked, and which text it was. */
export type TextDocument = { readonly [Id in AnyTaskId]?: AnswerDocument<AnyTaskValues[Id]> } & {
  /** Of its line, where that has one. */
  readonly id?: string | number;
  readonly text: string;
  /** Where it stands in its file, from 1. */
  readonly line?: number;
  /** Milliseconds: `load`, the tasks, `total` (without `load`). */
  readonly timings: Readonly<Record<string, number>>;
  readonly model: AnalysisResult['model'];
};

/** What `--json` prints for a text that could not be answered about; without `text` for a line that holds none. */
export interface TextFailureDocument {
  readonly id?: string | number;
  readonly text?: string;
  readonly line?: number;
  readonly error: ErrorDocument;
}

export function textDocument(analyzed: AnalyzedText): TextDocument {
  const answers = Object.entries(analyzed.outcomes).map(([task, outcome]) => [
    task,
    answerDocument<AnyTaskValues[AnyTaskId]>(outcome),
  ]);
  const timings = Object.entries(textTimings(analyzed)).map(([step, ms]) => [step, Math.round(ms)]);
  return {
    ...placeOf(analyzed),
    text: analyzed.text,
    ...(Object.fromEntries(answers) as Pick<TextDocument, AnyTaskId>),
    timings: Object.fromEntries(timings),
    model: analyzed.model,
  };
}

export function textFailureDocument(request: TextRequest | UnreadText, error: unknown): TextFailureDocument {
  return { ...placeOf(request), ...('text' in request && { text: request.text }), error: describeError(error) };
}

function placeOf(request: Partial<Pick<TextRequest, 'id' | 'line'>>): Pick<TextDocument, 'id' | 'line'> {
  const { id, line } = request;
  return { ...(id !== undefined && { id }), ...(line !== undefined && { line }) };
}
