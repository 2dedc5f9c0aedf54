const newline = 10;
const carriageReturn = 13;

/**
 * Line numbers of ascending offsets in a stream. Holds the chunks between the last offset asked for and the end of what has
 * been read, no more.
 */
export class LineCounter {
  private readonly chunks: Uint8Array[] = [];
  /** Where `chunks` begins, how far lines are counted, and the line there. */
  private base = 0;
  private position = 0;
  private line = 1;

  push(chunk: Uint8Array): void {
    this.chunks.push(chunk);
  }

  /** Passes chunks on and counts in them. */
  async *watch(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.push(chunk);
      yield chunk;
    }
  }

  /** Line of the first byte from `offset` on that is no line break. Offsets never decrease. */
  lineAt(offset: number): number {
    for (let byte = this.next(); byte !== undefined; byte = this.next()) {
      const isBreak = byte === newline || byte === carriageReturn;
      if (this.position >= offset && !isBreak) break;
      if (byte === newline) this.line++;
      this.position++;
    }
    return this.line;
  }

  /** The bytes from the place of the last `lineAt` up to `end`. */
  bytesUpTo(end: number): Uint8Array {
    return Buffer.concat(this.chunks).subarray(this.position - this.base, end - this.base);
  }

  private next(): number | undefined {
    let [chunk] = this.chunks;
    while (chunk && this.position - this.base >= chunk.length) {
      this.base += chunk.length;
      this.chunks.shift();
      [chunk] = this.chunks;
    }
    return chunk?.[this.position - this.base];
  }
}
