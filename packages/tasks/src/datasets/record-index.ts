/** Where records lie, in numbers: a few dozen bytes each, whatever they say. */
export class RecordIndex {
  private starts = new Float64Array(1024);
  /** Per record: file, length in bytes, line, number of the outer key, position among the records nested in one. */
  private facts = new Uint32Array(1024 * factsPerRecord);
  private readonly outerKeys: string[] = [];
  private readonly outerNumbers = new Map<string, number>();
  private count = 0;

  get length(): number {
    return this.count;
  }

  add({ file, start, end, line, outer, nested }: IndexedPlace): void {
    if (this.count === this.starts.length) this.grow();
    this.starts[this.count] = start;
    this.facts.set([file, end - start, line, this.outerNumber(outer), nested], this.count * factsPerRecord);
    this.count++;
  }

  get(index: number): IndexedPlace {
    const at = index * factsPerRecord;
    const [file = 0, size = 0, line = 0, outerNumber = 0, nested = 0] = this.facts.subarray(at, at + factsPerRecord);
    const start = this.starts[index] as number;
    const outer = outerNumber === 0 ? {} : { outer: this.outerKeys[outerNumber - 1] as string };
    return { file, start, end: start + size, line, nested, ...outer };
  }

  private outerNumber(outer: string | undefined): number {
    if (outer === undefined) return 0;
    const known = this.outerNumbers.get(outer);
    if (known !== undefined) return known;
    const number = this.outerKeys.push(outer);
    this.outerNumbers.set(outer, number);
    return number;
  }

  private grow(): void {
    const { starts, facts } = this;
    this.starts = new Float64Array(starts.length * 2);
    this.starts.set(starts);
    this.facts = new Uint32Array(facts.length * 2);
    this.facts.set(facts);
  }
}

const factsPerRecord = 5;

/** Place of a row: its file by number, its record there, and which of the rows in that record it is. */
export interface IndexedPlace {
  readonly file: number;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly outer?: string;
  readonly nested: number;
}
