import { colorsFor, lineWidth, type OutputStream } from './terminal';

/** Redrawing more often than the eye reads would only cost time. */
const REDRAW_MS = 100;

/** One line on a terminal that is drawn over and over; warnings stand above it, also where nobody watches. */
export class StatusLine {
  private readonly isShown: boolean;
  private readonly isQuiet: boolean;
  private drawnMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly stream: OutputStream,
    { quiet = false } = {},
  ) {
    this.isQuiet = quiet;
    this.isShown = stream.isTTY === true && !quiet;
  }

  /** Takes the place of what was drawn before. */
  draw(text: string): void {
    if (!this.isShown || performance.now() - this.drawnMs < REDRAW_MS) return;
    this.drawnMs = performance.now();
    this.stream.write(`\r\x1b[K${colorsFor(this.stream).cyan(text.slice(0, lineWidth(this.stream)))}`);
  }

  /** A line that stays. */
  say(text: string): void {
    if (this.isQuiet) return;
    this.clear();
    this.stream.write(`${text}\n`);
  }

  warn(text: string): void {
    this.say(`warning: ${text}`);
  }

  /** Takes the line away, so that other text can be written. */
  clear(): void {
    if (this.isShown) this.stream.write('\r\x1b[K');
  }
}
