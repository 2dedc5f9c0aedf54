import type { AnyTaskId, AnyTaskValues, GeneratedOutcome, TaskId, TaskValues } from '@nano-emox/tasks';
import type { AnalysisResult, EmotionDecision } from 'nano-emox';
import type { AnalyzedClip } from '../analyze/analyzed-clip';
import { describeError, type ErrorDocument } from '../print-error';
import type { ClipWords } from '../words/clip-words';

/** Who decided on the emotion, with the calibrated probability of every class, and what word and head said alone. */
export interface DecisionDocument {
  readonly decidedBy: EmotionDecision['decidedBy'];
  readonly probabilities: EmotionDecision['probabilities'];
  readonly word: AnswerDocument<TaskValues['mer']>;
  readonly head: EmotionDecision['head'];
}

/** An answer: a value with confidence in [0, 1], or why the model's text could not be read. */
export type AnswerDocument<Value> =
  /** `decision`: of `mer`, where the model has a perception head. */
  | { readonly value: Value; readonly confidence: number; readonly decision?: DecisionDocument }
  | { readonly unparsed: string; readonly text: string };

/** What `--json` prints for a clip: one key for each task that was asked, and what the answers rest on. */
export type AnalysisDocument = { readonly [Id in TaskId]?: AnswerDocument<TaskValues[Id]> } & {
  readonly clip: string;
  readonly words: ClipWords;
  /** The emotion along the clip, with `--timeline`. */
  readonly timeline?: NonNullable<AnalysisResult['timeline']>;
  /** Inputs the language model read besides words. */
  readonly modalities: AnalysisResult['modalities'];
  readonly evidence: AnalysisResult['evidence'];
  /** Weights of the fusion experts, shallow to deep, sum 1; null where nothing was fused. */
  readonly gate: readonly number[] | null;
  /** Milliseconds by step: `load`, the stages, the tasks, `total` (without `load`). */
  readonly timings: Readonly<Record<string, number>>;
  readonly model: AnalysisResult['model'];
  readonly warnings: AnalysisResult['warnings'];
};

/** What `--json` prints for a clip that could not be analysed. */
export interface ClipFailureDocument {
  readonly clip: string;
  readonly error: ErrorDocument;
}

export function resultDocument({ path, words, result, loadMs }: AnalyzedClip): AnalysisDocument {
  const answers = Object.entries(result.tasks).map(([task, outcome]) => [
    task,
    answerDocument<TaskValues[TaskId]>(outcome),
  ]);
  const timings = Object.entries({ load: loadMs, ...result.timingsMs }).map(([step, ms]) => [step, Math.round(ms)]);
  return {
    clip: path,
    ...(Object.fromEntries(answers) as Pick<AnalysisDocument, TaskId>),
    words,
    ...(result.timeline && { timeline: result.timeline }),
    modalities: result.modalities,
    evidence: result.evidence,
    gate: result.gate ?? null,
    timings: Object.fromEntries(timings),
    model: result.model,
    warnings: result.warnings,
  };
}

export function failureDocument(path: string, error: unknown): ClipFailureDocument {
  return { clip: path, error: describeError(error) };
}

/** One document whatever happened: its own for a single clip or text, `{ clips: […] }` or `{ texts: […] }` where there may be several. */
export function jsonText(documents: readonly object[], isSingle: boolean, several: 'clips' | 'texts'): string {
  return `${JSON.stringify(isSingle ? documents[0] : { [several]: documents }, null, 2)}\n`;
}

/** A document on one line. */
export function jsonLine(document: object): string {
  return `${JSON.stringify(document)}\n`;
}

/** The value of an answer with its confidence, or why there is none. */
export function answerDocument<Value extends AnyTaskValues[AnyTaskId]>(
  outcome: GeneratedOutcome<Value> & { readonly decision?: EmotionDecision },
): AnswerDocument<Value> {
  if (outcome.status !== 'parsed') return { unparsed: outcome.reason, text: outcome.answer };
  const { value, confidence, decision } = outcome;
  if (!decision) return { value, confidence };
  const { word, ...rest } = decision;
  return { value, confidence, decision: { ...rest, word: answerDocument(word) } };
}
