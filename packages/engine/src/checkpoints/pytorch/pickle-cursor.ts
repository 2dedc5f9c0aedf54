import { type PickleValue, refuse } from './pickle-values';

/** Largest integer in bytes; torch writes its magic number, of 10, and seeds, of 8. */
const MAX_INTEGER_BYTES = 32;
const MAX_LINE_BYTES = 512;

/** Reads the operands of a pickle, in order, and never past its end. */
export class ByteCursor {
  private readonly view: DataView;

  constructor(
    private readonly source: Uint8Array,
    public offset: number,
  ) {
    this.view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }

  /** The version of the format. Older ones than 2 spell numbers out and are not what torch writes. */
  protocol(): void {
    const version = this.uint8();
    if (version < 2 || version > 5) refuse(`pickle protocol ${version} is not read`);
  }

  uint8(): number {
    return this.view.getUint8(this.take(1));
  }

  uint16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  uint32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  int32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  /** The one number that is big-endian. */
  float64(): number {
    return this.view.getFloat64(this.take(8), false);
  }

  /** A little-endian two's complement integer; a bigint where a number would not be exact. */
  integer(sizeBytes: number): PickleValue {
    if (sizeBytes > MAX_INTEGER_BYTES) return refuse(`an integer of ${sizeBytes} bytes`);
    let value = 0n;
    for (const byte of this.bytes(sizeBytes).slice().reverse()) value = (value << 8n) | BigInt(byte);
    const signed = BigInt.asIntN(8 * sizeBytes, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  text(sizeBytes: number): string {
    return new TextDecoder().decode(this.bytes(sizeBytes));
  }

  /** Text up to a line feed, as in names. */
  line(): string {
    const end = this.source.indexOf(0x0a, this.offset);
    if (end === -1 || end - this.offset > MAX_LINE_BYTES) return refuse('a name without an end');
    const text = this.text(end - this.offset);
    this.offset = end + 1;
    return text;
  }

  bytes(sizeBytes: number): Uint8Array {
    const start = this.take(sizeBytes);
    return this.source.subarray(start, start + sizeBytes);
  }

  private take(sizeBytes: number): number {
    const start = this.offset;
    if (start + sizeBytes > this.source.length) return refuse('it is cut off');
    this.offset = start + sizeBytes;
    return start;
  }
}
