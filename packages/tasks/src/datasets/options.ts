import type { RowIssue } from './row-issue';

/** How to read a data set. */
export interface DataSetOptions {
  /** Only rows of this split, or of these. Then its annotation must be there; otherwise parts that are absent are left out. */
  readonly split?: string | readonly string[];
  /**
   * Rows that cannot be used: `refuse` throws {@link InvalidRowError} at the first, `skip` reads on.
   * @default 'refuse'
   */
  readonly badRows?: 'skip' | 'refuse';
  /** Hears of every bad row that is skipped, and of rows that lose a label. */
  readonly onRowIssue?: (issue: RowIssue) => void;
  /**
   * `declared`: paths as the layout says, without a look at the disk. `existing`: of the places a clip may have, the one
   * where it is; a row without any of its media is bad.
   * @default 'declared'
   */
  readonly media?: 'declared' | 'existing';
  /** Moves rows by speaker to another split, for sets without an official one: `{ test: ['1001', '1002'] }`. */
  readonly speakerSplits?: Readonly<Record<string, readonly string[]>>;
  /**
   * Whether an id that came before makes a row bad. Remembers 8 to 16 bytes per row; without it memory does not depend on
   * the number of rows. {@link indexDataSet} always checks.
   * @default false
   */
  readonly uniqueIds?: boolean;
  readonly signal?: AbortSignal;
}
