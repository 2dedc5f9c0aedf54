/** Two texts to compare: descriptions (`clues`), or lists of emotion words with commas (`labels`). */
export interface OverlapQuestion {
  readonly about: 'clues' | 'labels';
  readonly gold: string;
  readonly prediction: string;
}

/** What a judge found. */
export interface Verdict {
  /** Overlap from 1 (none) to 10 (the same); `undefined` when the judge gave no number. */
  readonly score: number | undefined;
  /** The words of the judge. */
  readonly reply: string;
}

/** Options of everything here that may take long. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** Scores how much two texts overlap. */
export interface Judge {
  compare(question: OverlapQuestion, options?: CallOptions): Promise<Verdict>;
}

/** Reduces free text to the emotion words it names. */
export interface LabelExtractor {
  /** @returns lower-case labels without repeats, in the order of the text; empty when it names none */
  extract(text: string, options?: CallOptions): Promise<readonly string[]>;
}

/** The first number of a reply, which is how the released code reads it; `undefined` without one. */
export function firstNumber(reply: string): number | undefined {
  const digits = /\d+(?:\.\d+)?/.exec(reply)?.[0];
  return digits === undefined ? undefined : Number(digits);
}
