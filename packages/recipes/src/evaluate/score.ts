/** Where a number comes from: enough to measure it again. */
export interface Provenance {
  readonly dataSet: string;
  readonly split: string;
  readonly seed: number;
  /** Command that measures it. */
  readonly command: string;
}

/** One measured number and where it comes from. */
export interface Score extends Provenance {
  readonly metric: string;
  readonly value: number;
  /** The best value that the metric can have; 0 for an error. */
  readonly best: number;
  /** Items that went in. */
  readonly count: number;
  /** What a reader has to know to judge the number, such as that an encoder has heard a speaker before. */
  readonly note?: string;
}
