import type { Colors } from '../terminal';
import { wrapText } from './wrap-text';

/** How a report looks. */
export interface ReportStyle {
  readonly colors: Colors;
  /** Longest line in characters. */
  readonly width: number;
}

const INDENT = 2;
const LABEL_WIDTH = 15;
/** Room at the right edge for `100 %`. */
const NOTE_WIDTH = 8;

/** Collects the lines of a report: headings, and rows of a label, a text that is wrapped, and a note at the right. */
export class Page {
  private readonly lines: string[] = [];

  constructor(private readonly style: ReportStyle) {}

  line(text = ''): void {
    this.lines.push(text);
  }

  heading(text: string, note = ''): void {
    const { colors, width } = this.style;
    const gap = ' '.repeat(Math.max(2, width - text.length - note.length));
    this.lines.push('', note === '' ? colors.bold(text) : `${colors.bold(text)}${gap}${colors.dim(note)}`);
  }

  /** @param paint colours the text, after it was broken into lines */
  row(label: string, text: string, { note = '', paint = (line: string) => line, indent = INDENT } = {}): void {
    const { colors, width } = this.style;
    const textWidth = width - INDENT - LABEL_WIDTH - NOTE_WIDTH;
    const lines = wrapText(text, textWidth);
    (lines.length > 0 ? lines : ['']).forEach((line, index) => {
      const start = index === 0 ? ' '.repeat(indent) + label : '';
      const padded = start.padEnd(INDENT + LABEL_WIDTH);
      const rest = index === 0 && note !== '' ? line.padEnd(textWidth) : line;
      const end = index === 0 && note !== '' ? colors.dim(note.padStart(NOTE_WIDTH)) : '';
      this.lines.push(`${colors.cyan(padded)}${paint(rest)}${end}`.trimEnd());
    });
  }

  toString(): string {
    return `${this.lines.join('\n')}\n`;
  }
}
