import type { AnyTaskId, TaskId } from '@nano-emox/tasks';

/** How the questions of a source are put. */
export interface SampleOptions {
  /** Wordings of a question: `all` draws one for each sample, `first` is what a model is asked in use. @default 'all' */
  readonly paraphrases?: 'all' | 'first';
  /** Share of the questions that hide the words, so that face and voice must speak. @default none */
  readonly wordless?: {
    /** From 0 to 1. */
    readonly share: number;
    /** @default all tasks */
    readonly tasks?: readonly TaskId[];
  };
  /** Decides wordings and hidden words. @default the seed of the training */
  readonly seed?: number;
}

/** A row that cannot be asked about, and why. */
export interface SampleEvent {
  readonly type: 'sample-skipped';
  readonly source: string;
  /** Of the row. */
  readonly id: string;
  readonly task: AnyTaskId;
  readonly message: string;
}
