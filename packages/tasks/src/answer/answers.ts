import { roundValence, sentimentOfValence, valenceOfEmotions } from '../labels/polarity';
import { answerStop } from '../prompt/markup';
import type { AnyTaskId, AnyTaskValues, SentimentValue } from '../task';
import { taskOf, tasks } from '../tasks/task-table';
import type { AnswerOptions, Reading } from './answer-grammar';
import { answerSpan, type StopRule } from './clean-answer';
import type { AnswerOutcome } from './outcome';

/** Options of {@link parseAnswer}. */
export interface ParseOptions extends AnswerOptions {
  /** Which `###` ends the answer; `last` is what the released code does. @default 'first' */
  readonly stopRule?: StopRule;
  /**
   * For MSA: read an answer of the MSA grammar, or read an open-vocabulary answer and map its words to polarity and
   * valence with `emotionValence`, as the published evaluation does with a language model.
   * @default 'answer'
   */
  readonly msaFrom?: 'answer' | 'open-vocabulary';
}

/**
 * The answer that a model should learn for `value`. Labels become lower case without repeats, free text one line without
 * markup, valence two decimals.
 * @throws InvalidArgumentError for a value that could not be read back
 */
export function formatAnswer<Id extends AnyTaskId>(
  task: Id,
  value: AnyTaskValues[Id],
  options: AnswerOptions = {},
): string {
  return taskOf(task).answer.format(value, options);
}

/** {@link formatAnswer} with the stop text behind it: the text whose tokens carry the training loss. */
export function formatTarget<Id extends AnyTaskId>(
  task: Id,
  value: AnyTaskValues[Id],
  options: AnswerOptions = {},
): string {
  return `${formatAnswer(task, value, options)}${answerStop}`;
}

/**
 * Reads generated text. Never throws for what a model wrote: text that does not follow the grammar is the outcome
 * `unparsed` with a reason.
 * @throws InvalidArgumentError when `options.candidates` or `options.emotion` cannot be used
 */
export function parseAnswer<Id extends AnyTaskId>(
  task: Id,
  text: string,
  options: ParseOptions = {},
): AnswerOutcome<AnyTaskValues[Id]> {
  const span = answerSpan(text, options.stopRule);
  const answer = text.slice(span.start, span.end);
  const reading = answer === '' ? emptyAnswer : read(task, answer, options);
  if ('reason' in reading) return { status: 'unparsed', text, answer, ...reading };
  const spans = reading.spans.map(({ field, start, end }) => ({
    field,
    start: start + span.start,
    end: end + span.start,
  }));
  return { status: 'parsed', text, answer, value: reading.value, spans };
}

const emptyAnswer = { reason: 'empty', detail: 'The model gave no answer.' } as const;

function read<Id extends AnyTaskId>(task: Id, answer: string, options: ParseOptions): Reading<AnyTaskValues[Id]> {
  if (task === 'msa' && options.msaFrom === 'open-vocabulary') {
    return sentimentFromWords(answer, options) as Reading<AnyTaskValues[Id]>;
  }
  return taskOf(task).answer.read(answer, options);
}

function sentimentFromWords(answer: string, options: ParseOptions): Reading<SentimentValue> {
  const words = tasks.ovMer.answer.read(answer, options);
  if ('reason' in words) return words;
  const valence = valenceOfEmotions(words.value.emotions);
  if (valence === undefined) {
    return { reason: 'unknown-polarity', detail: `No polarity is known for ${words.value.emotions.join(', ')}.` };
  }
  return { value: { sentiment: sentimentOfValence(valence), valence: roundValence(valence) }, spans: words.spans };
}
