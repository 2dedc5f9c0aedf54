import { crc32 } from 'node:zlib';
import type { RegularFile } from '../../weights/regular-file';
import { fileProblem, quoteName } from '../file-problem';
import type { ZipEntry } from './zip-directory';

const LOCAL_SIGNATURE = 0x0403_4b50;
const LOCAL_BYTES = 30;

/**
 * Where the bytes of an entry start. Its local header is read now, and must agree with the directory.
 * @throws InvalidFileError
 */
export async function locateEntry(file: RegularFile, entry: ZipEntry): Promise<number> {
  const damaged = (problem: string) => fileProblem(file.path, `entry ${quoteName(entry.name)} ${problem}`);
  if (entry.headerOffset + LOCAL_BYTES > entry.limitOffset) throw damaged('has no room for its header');
  const header = await file.read(entry.headerOffset, LOCAL_BYTES);
  const view = new DataView(header.buffer);
  const nameBytes = view.getUint16(26, true);
  const dataOffset = entry.headerOffset + LOCAL_BYTES + nameBytes + view.getUint16(28, true);
  if (view.getUint32(0, true) !== LOCAL_SIGNATURE || view.getUint16(8, true) !== 0)
    throw damaged('has a damaged header');
  if (dataOffset + entry.sizeBytes > entry.limitOffset) throw damaged('overlaps what follows it');
  const name = await file.read(entry.headerOffset + LOCAL_BYTES, nameBytes);
  if (new TextDecoder().decode(name) !== entry.name) throw damaged('has another name in its header');
  return dataOffset;
}

/** A running CRC-32 of an entry. */
export class EntryChecksum {
  private value = 0;

  constructor(
    private readonly path: string,
    private readonly entry: ZipEntry,
  ) {}

  update(bytes: Uint8Array): void {
    this.value = crc32(bytes, this.value);
  }

  /** @throws InvalidFileError when the bytes seen are not those that were written */
  verify(): void {
    if (this.value === this.entry.crc32) return;
    throw fileProblem(
      this.path,
      `entry ${quoteName(this.entry.name)} fails its checksum`,
      'The file is damaged; fetch it again. verifyChecksums: false reads it as it is.',
    );
  }
}

/** The bytes of a small entry, checked. @throws InvalidFileError (damaged, or more than `maxBytes`) */
export async function readEntry(
  file: RegularFile,
  entry: ZipEntry,
  maxBytes: number,
  verifyChecksums: boolean,
): Promise<Uint8Array> {
  if (entry.sizeBytes > maxBytes) {
    throw fileProblem(
      file.path,
      `entry ${quoteName(entry.name)} has ${entry.sizeBytes} bytes, ${maxBytes} are allowed`,
    );
  }
  const bytes = await file.read(await locateEntry(file, entry), entry.sizeBytes);
  if (verifyChecksums) {
    const checksum = new EntryChecksum(file.path, entry);
    checksum.update(bytes);
    checksum.verify();
  }
  return bytes;
}
