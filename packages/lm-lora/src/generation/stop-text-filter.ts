/**
 * Finds stop texts in a stream of text, also across its pieces. Text that may be the beginning of a stop text is held back
 * until it is clear that it is not.
 */
export class StopTextFilter {
  private held = '';

  constructor(private readonly stops: readonly string[]) {}

  /** The text that is free to go out; `stopped` once a stop text is complete: what follows it is dropped. */
  push(text: string): { text: string; stopped: boolean } {
    this.held += text;
    const found = this.stops.map((stop) => this.held.indexOf(stop)).filter((index) => index >= 0);
    if (found.length > 0) return { text: this.release(Math.min(...found)), stopped: true };
    return { text: this.release(this.held.length - this.openSuffix()), stopped: false };
  }

  /** Text still held when the stream ends. */
  flush(): string {
    return this.release(this.held.length);
  }

  private release(length: number): string {
    const text = this.held.slice(0, length);
    this.held = this.held.slice(length);
    return text;
  }

  /** Length of the longest end of the held text that a stop text starts with. */
  private openSuffix(): number {
    const longest = Math.max(0, ...this.stops.map((stop) => stop.length - 1));
    for (let length = Math.min(longest, this.held.length); length > 0; length--) {
      const suffix = this.held.slice(-length);
      if (this.stops.some((stop) => stop.startsWith(suffix))) return length;
    }
    return 0;
  }
}
