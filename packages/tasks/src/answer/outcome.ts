/** The parts of values that an answer spells out. */
export type ValueField =
  | 'sentiment'
  | 'valence'
  | 'emotion'
  | 'emotions'
  | 'reason'
  | 'intent'
  | 'eventScenario'
  | 'speakerEmotion'
  | 'emotionCause'
  | 'goalToResponse'
  | 'response'
  | 'intensity'
  | 'level'
  | 'valenceClass';

/** A range of a text in UTF-16 units, `end` exclusive. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** Where a part of the value stands in the text. Lists have one span for each member. */
export interface ValueSpan extends TextSpan {
  readonly field: ValueField;
}

/** Why an answer could not be read. */
export type UnparsedReason =
  | 'empty'
  | 'unknown-label'
  | 'ambiguous-label'
  | 'not-a-list'
  | 'missing-valence'
  | 'valence-out-of-range'
  | 'contradictory'
  | 'unknown-polarity'
  | 'missing-clues'
  | 'missing-conclusion'
  | 'missing-think-block'
  | 'unclosed-think-block'
  | 'missing-step'
  | 'missing-response'
  | 'missing-number'
  | 'number-out-of-range';

/** An answer that follows the grammar of its task. */
export interface ParsedAnswer<Value> {
  readonly status: 'parsed';
  /** The text as given. */
  readonly text: string;
  /** The answer in it: cut at stop and control texts, trimmed. */
  readonly answer: string;
  readonly value: Value;
  /** Parts of the value in `text`, in reading order. */
  readonly spans: readonly ValueSpan[];
}

/** An answer that does not follow the grammar of its task; a normal outcome of a generative model, not an error. */
export interface UnparsedAnswer {
  readonly status: 'unparsed';
  /** The text as given. */
  readonly text: string;
  /** The answer in it: cut at stop and control texts, trimmed. */
  readonly answer: string;
  readonly reason: UnparsedReason;
  /** `reason` for people, one sentence. */
  readonly detail: string;
}

/** What reading an answer gives. */
export type AnswerOutcome<Value> = ParsedAnswer<Value> | UnparsedAnswer;
