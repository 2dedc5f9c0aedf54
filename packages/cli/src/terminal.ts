import picocolors from 'picocolors';

/** What is asked of an output stream; `process.stdout` and `process.stderr` are some. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Colours, or functions that leave a text as it is. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Lines longer than this are hard to read, shorter ones cannot hold the bars. */
const LINE_WIDTH = { narrowest: 50, widest: 100 } as const;

/** Colours on a terminal only, and not where `NO_COLOR` is set to anything (no-color.org). */
export function colorsFor(stream: Pick<OutputStream, 'isTTY'>): Colors {
  const { NO_COLOR, TERM } = process.env;
  return picocolors.createColors(stream.isTTY === true && !NO_COLOR && TERM !== 'dumb');
}

/** Characters that fit on a line. */
export function lineWidth({ isTTY, columns }: Pick<OutputStream, 'isTTY' | 'columns'>): number {
  if (!isTTY || !columns) return LINE_WIDTH.widest;
  return Math.min(LINE_WIDTH.widest, Math.max(LINE_WIDTH.narrowest, columns - 1));
}
