/** Thrown inside the parser when a header reaches past the bytes at hand. */
export class NeedsMoreBytes extends Error {}

/** Thrown inside the parser on a header that makes no sense; its border adds the path. */
export class GgufProblem extends Error {}

export function refuseGguf(problem: string): never {
  throw new GgufProblem(problem);
}

/** Most items of all lists together; a vocabulary of 300,000 tokens has below a million. */
const MAX_LIST_ITEMS = 8_000_000;

/** Reads the fields of a GGUF header, all little-endian, from its first bytes. */
export class GgufCursor {
  offset = 0;
  private listItems = 0;
  private readonly view: DataView;

  constructor(
    private readonly source: Uint8Array,
    /** Size of the whole file: nothing in it can be longer. */
    private readonly fileSizeBytes: number,
  ) {
    this.view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }

  uint8 = (): number => this.view.getUint8(this.take(1));
  int8 = (): number => this.view.getInt8(this.take(1));
  uint16 = (): number => this.view.getUint16(this.take(2), true);
  int16 = (): number => this.view.getInt16(this.take(2), true);
  uint32 = (): number => this.view.getUint32(this.take(4), true);
  int32 = (): number => this.view.getInt32(this.take(4), true);
  float32 = (): number => this.view.getFloat32(this.take(4), true);
  float64 = (): number => this.view.getFloat64(this.take(8), true);
  uint64 = (): number | bigint => narrow(this.view.getBigUint64(this.take(8), true));
  int64 = (): number | bigint => narrow(this.view.getBigInt64(this.take(8), true));

  bool = (): boolean => {
    const byte = this.uint8();
    return byte > 1 ? refuseGguf(`a boolean is ${byte}`) : byte === 1;
  };

  text = (): string => {
    const sizeBytes = this.count(1, 'a text');
    const start = this.take(sizeBytes);
    return new TextDecoder().decode(this.source.subarray(start, start + sizeBytes));
  };

  /** The length of a list; lists of bytes must not become lists of a thousand million numbers. */
  listLength(leastBytes: number): number {
    const count = this.count(leastBytes, 'a list');
    this.listItems += count;
    return this.listItems > MAX_LIST_ITEMS ? refuseGguf(`its lists have more than ${MAX_LIST_ITEMS} items`) : count;
  }

  /** How many things of at least `leastBytes` follow. @throws GgufProblem when the file is too short for them */
  count(leastBytes: number, what: string): number {
    const count = Number(this.uint64());
    if (count * leastBytes > this.fileSizeBytes - this.offset)
      refuseGguf(`${what} of length ${count} does not fit the file`);
    return count;
  }

  private take(sizeBytes: number): number {
    const start = this.offset;
    if (start + sizeBytes > this.fileSizeBytes) refuseGguf('it ends inside its header');
    if (start + sizeBytes > this.source.length) throw new NeedsMoreBytes();
    this.offset = start + sizeBytes;
    return start;
  }
}

/** A whole number as `number` where that is exact. */
function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
