/** Rate and times are those of the last two seconds. */
const WINDOW_MS = 2000;

interface Measured {
  readonly endMs: number;
  readonly encodeMs: number;
  readonly frameMs: number;
}

/** How fast pictures are worked off. */
export interface FrameFigures {
  /** Pictures whose features were shown, per second. */
  readonly framesPerSecond: number;
  /** Median from taking a picture to showing its features. */
  readonly frameMs: number;
  /** Median of the encoder's part in it. */
  readonly encodeMs: number;
}

/** Measures how fast pictures are worked off. */
export class FrameMeter {
  private recent: Measured[] = [];
  /** Pictures in all. */
  count = 0;

  add(measured: Measured): void {
    this.count++;
    this.recent.push(measured);
    const from = measured.endMs - WINDOW_MS;
    this.recent = this.recent.filter(({ endMs }) => endMs >= from);
  }

  /** `undefined` until two pictures were measured. */
  figures(): FrameFigures | undefined {
    const [first, last] = [this.recent[0], this.recent.at(-1)];
    if (!first || !last || last.endMs <= first.endMs) return undefined;
    return {
      framesPerSecond: ((this.recent.length - 1) * 1000) / (last.endMs - first.endMs),
      frameMs: median(this.recent.map(({ frameMs }) => frameMs)),
      encodeMs: median(this.recent.map(({ encodeMs }) => encodeMs)),
    };
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] as number, sorted[Math.floor(middle)] as number];
  return (low + high) / 2;
}
