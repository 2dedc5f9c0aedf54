import type { UnparsedReason, ValueSpan } from './outcome';

/** Options of reading and writing answers. */
export interface AnswerOptions {
  /** Labels to choose from, for MER, MIR and E-c. @default the set of the task */
  readonly candidates?: readonly string[];
  /** For EI-reg and EI-oc: the emotion that was asked about, which an answer then need not name. */
  readonly emotion?: string;
  /**
   * For ERI: accept a description that does not end in "So the person feels …", as the published checkpoints write;
   * its `emotions` are then empty.
   * @default false
   */
  readonly freeDescription?: boolean;
}

/** What a grammar makes of a cleaned answer; spans count from its beginning. */
export type Reading<Value> =
  | { readonly value: Value; readonly spans: readonly ValueSpan[] }
  | { readonly reason: UnparsedReason; readonly detail: string };

/** The regular form of one task's answers. */
export interface AnswerGrammar<Value> {
  /** The form with `{field}` in place of each part. */
  readonly pattern: string;
  /** Writes `value`, brought into canonical form. @throws InvalidArgumentError when it cannot be read back */
  format(value: Value, options: AnswerOptions): string;
  /** Reads a cleaned, non-empty answer; also accepts other ways to say the same thing when they leave no doubt. */
  read(answer: string, options: AnswerOptions): Reading<Value>;
}
