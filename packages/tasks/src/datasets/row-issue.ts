import { InvalidFileError } from '@nano-emox/tensor-contract';

/** Something wrong with one row, for {@link DataSetOptions.onRowIssue}. */
export interface RowIssue {
  readonly dataSet: string;
  /** The annotation file, or the clip where its name is the annotation. */
  readonly path: string;
  /** Counted from 1; absent where a file name is the record. */
  readonly line?: number;
  readonly message: string;
  /** `skipped`: there is no such row. `kept`: the row is there without the part that the message names. */
  readonly outcome: 'skipped' | 'kept';
}

/** A row cannot be used, and the caller asked to refuse such rows. */
export class InvalidRowError extends InvalidFileError {
  readonly line: number | undefined;

  constructor(issue: Omit<RowIssue, 'outcome'>) {
    super({
      message: `${placeOf(issue)}: ${issue.message}`,
      hint: "Mend the row, or pass { badRows: 'skip' } to read on without it; onRowIssue then hears of each.",
      path: issue.path,
    });
    this.line = issue.line;
  }
}

const placeOf = ({ path, line }: Pick<RowIssue, 'path' | 'line'>) => (line === undefined ? path : `${path}:${line}`);
