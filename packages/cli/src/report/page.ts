import type { Colors } from '../terminal';
import { bar, percent } from './quantities';
import { wrapText } from './wrap-text';

/** How a report looks. */
export interface ReportStyle {
  readonly colors: Colors;
  /** Longest line in characters. */
  readonly width: number;
  /** Room for labels. @default 15 */
  readonly labelWidth?: number;
}

/** How one row of a report differs from others. */
export interface RowStyle {
  /** Stands at the right edge. */
  readonly note?: string;
  /** Colours the text, after it was broken into lines. */
  readonly paint?: (line: string) => string;
  /** Spaces before the label: more for a row that belongs to the one above. */
  readonly indent?: number;
}

/** What the sections of a report are written to, whatever it looks like. */
export interface ReportPage {
  heading(text: string, note?: string): void;
  row(label: string, text: string, style?: RowStyle): void;
  /** A share in [0, 1] as a bar. */
  share(label: string, share: number): void;
}

/** Indentation of ordinary rows. */
export const INDENT = 2;
const BAR_WIDTH = 30;
const LABEL_WIDTH = 15;
/** Room at the right edge for `100 %`. */
const NOTE_WIDTH = 8;

/** Collects the lines of a report: headings, and rows of a label, a text that is wrapped, and a note at the right. */
export class Page implements ReportPage {
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

  row(label: string, text: string, style: RowStyle = {}): void {
    const { note = '', paint = (line) => line, indent = INDENT } = style;
    const { colors, width, labelWidth = LABEL_WIDTH } = this.style;
    const textWidth = width - INDENT - labelWidth - NOTE_WIDTH;
    const lines = wrapText(text, textWidth);
    (lines.length > 0 ? lines : ['']).forEach((line, index) => {
      const start = index === 0 ? ' '.repeat(indent) + label : '';
      const padded = start.padEnd(INDENT + labelWidth);
      const rest = index === 0 && note !== '' ? line.padEnd(textWidth) : line;
      const end = index === 0 && note !== '' ? colors.dim(note.padStart(NOTE_WIDTH)) : '';
      this.lines.push(`${colors.cyan(padded)}${paint(rest)}${end}`.trimEnd());
    });
  }

  share(label: string, share: number): void {
    this.row(label, bar(share, BAR_WIDTH), { note: percent(share), paint: this.style.colors.green });
  }

  toString(): string {
    return `${this.lines.join('\n')}\n`;
  }
}
