import type { RegularFile } from '../../weights/regular-file';
import { fileProblem, quoteName } from '../file-problem';

/** An entry of the central directory of a ZIP file, stored without compression. */
export interface ZipEntry {
  readonly name: string;
  readonly sizeBytes: number;
  readonly crc32: number;
  /** Where its local header starts. */
  readonly headerOffset: number;
  /** Where the next entry, or the central directory, starts: its data may not reach further. */
  readonly limitOffset: number;
}

const END_SIGNATURE = 0x0605_4b50;
const END_BYTES = 22;
const END64_SIGNATURE = 0x0606_4b50;
const END64_BYTES = 56;
const LOCATOR64_SIGNATURE = 0x0706_4b50;
const LOCATOR64_BYTES = 20;
const CENTRAL_SIGNATURE = 0x0201_4b50;
const CENTRAL_BYTES = 46;
const MAX_COMMENT_BYTES = 0xffff;
/** Field value that sends the reader to the ZIP64 form. */
const IN_ZIP64 = 0xffff_ffff;
/** Largest central directory that is read: some 300,000 entries, where a checkpoint has one per tensor. */
const MAX_DIRECTORY_BYTES = 32 * 1024 * 1024;

interface DirectoryPlace {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly count: number;
}

const TRUNCATED = 'The file is truncated or damaged; fetch it again.';

/**
 * The entries of a ZIP file, ZIP64 included, by name. Only what PyTorch writes is taken: one disk, no compression, no
 * encryption, so the file cannot hold more than its own size. Names are never used as paths.
 * @throws InvalidFileError
 * @see APPNOTE.TXT of PKWARE, sections 4.3.12 to 4.3.16 and 4.5.3
 */
export async function readZipDirectory(file: RegularFile): Promise<Map<string, ZipEntry>> {
  const place = await findDirectory(file);
  if (place.sizeBytes > MAX_DIRECTORY_BYTES)
    throw fileProblem(file.path, 'its directory of entries is larger than 32 MiB');
  const bytes = await file.read(place.offset, place.sizeBytes);
  const entries: Omit<ZipEntry, 'limitOffset'>[] = [];
  let offset = 0;
  for (let index = 0; index < place.count; index++) {
    const { entry, nextOffset } = readEntry(bytes, offset, file.path);
    entries.push(entry);
    offset = nextOffset;
  }
  return limitEntries(entries, place.offset, file.path);
}

async function findDirectory(file: RegularFile): Promise<DirectoryPlace> {
  const tailBytes = Math.min(file.sizeBytes, END_BYTES + MAX_COMMENT_BYTES);
  const tailOffset = file.sizeBytes - tailBytes;
  const tail = viewOf(await file.read(tailOffset, tailBytes));
  for (let offset = tailBytes - END_BYTES; offset >= 0; offset--) {
    if (tail.getUint32(offset, true) !== END_SIGNATURE) continue;
    if (offset + END_BYTES + tail.getUint16(offset + 20, true) !== tailBytes) continue;
    const place = {
      count: tail.getUint16(offset + 10, true),
      sizeBytes: tail.getUint32(offset + 12, true),
      offset: tail.getUint32(offset + 16, true),
    };
    const place64 = await findDirectory64(file, tailOffset + offset);
    return requirePlace(place64 ?? place, tailOffset + offset, file.path);
  }
  throw fileProblem(file.path, 'a ZIP file without its directory of entries', TRUNCATED);
}

async function findDirectory64(file: RegularFile, endOffset: number): Promise<DirectoryPlace | undefined> {
  if (endOffset < LOCATOR64_BYTES) return undefined;
  const locator = viewOf(await file.read(endOffset - LOCATOR64_BYTES, LOCATOR64_BYTES));
  if (locator.getUint32(0, true) !== LOCATOR64_SIGNATURE) return undefined;
  const offset = readSize(locator, 8, file.path);
  if (offset + END64_BYTES > endOffset)
    throw fileProblem(file.path, 'its ZIP64 directory lies outside of it', TRUNCATED);
  const end = viewOf(await file.read(offset, END64_BYTES));
  if (end.getUint32(0, true) !== END64_SIGNATURE) throw fileProblem(file.path, 'its ZIP64 directory is damaged');
  return {
    count: readSize(end, 32, file.path),
    sizeBytes: readSize(end, 40, file.path),
    offset: readSize(end, 48, file.path),
  };
}

function requirePlace(place: DirectoryPlace, endOffset: number, path: string): DirectoryPlace {
  const fits = place.offset + place.sizeBytes <= endOffset && place.count * CENTRAL_BYTES <= place.sizeBytes;
  if (!fits) throw fileProblem(path, 'its directory of entries lies outside of it', TRUNCATED);
  return place;
}

function readEntry(bytes: Uint8Array, offset: number, path: string) {
  const view = viewOf(bytes);
  if (offset + CENTRAL_BYTES > bytes.length || view.getUint32(offset, true) !== CENTRAL_SIGNATURE) {
    throw fileProblem(path, 'its directory of entries is damaged');
  }
  const nameEnd = offset + CENTRAL_BYTES + view.getUint16(offset + 28, true);
  const extraEnd = nameEnd + view.getUint16(offset + 30, true);
  const nextOffset = extraEnd + view.getUint16(offset + 32, true);
  if (nextOffset > bytes.length) throw fileProblem(path, 'its directory of entries is damaged');
  const name = new TextDecoder().decode(bytes.subarray(offset + CENTRAL_BYTES, nameEnd));
  requirePlainName(name, path);
  if (view.getUint16(offset + 8, true) & 1) throw fileProblem(path, `entry ${quoteName(name)} is encrypted`);
  if (view.getUint16(offset + 10, true) !== 0) {
    throw fileProblem(
      path,
      `entry ${quoteName(name)} is compressed, which torch.save never does`,
      'Unpack the archive, or save the checkpoint again with torch.save.',
    );
  }
  const [sizeBytes, storedBytes, headerOffset] = readPlace(bytes, offset, nameEnd, extraEnd, path);
  if (sizeBytes !== storedBytes) throw fileProblem(path, `entry ${quoteName(name)} has two sizes`);
  return { entry: { name, sizeBytes, crc32: view.getUint32(offset + 16, true), headerOffset }, nextOffset };
}

/** Size, stored size and offset of an entry; those that do not fit 32 bits stand, in this order, in the ZIP64 extra field. */
function readPlace(bytes: Uint8Array, offset: number, extraStart: number, extraEnd: number, path: string) {
  const view = viewOf(bytes);
  let wide = findExtra64(view, extraStart, extraEnd);
  return [24, 20, 42].map((field) => {
    const value = view.getUint32(offset + field, true);
    if (value !== IN_ZIP64) return value;
    if (wide === undefined || wide.offset + 8 > wide.end) throw fileProblem(path, 'its directory lacks a ZIP64 size');
    const size = readSize(view, wide.offset, path);
    wide = { offset: wide.offset + 8, end: wide.end };
    return size;
  }) as [number, number, number];
}

function findExtra64(view: DataView, start: number, end: number): { offset: number; end: number } | undefined {
  for (let offset = start; offset + 4 <= end; ) {
    const dataEnd = offset + 4 + view.getUint16(offset + 2, true);
    if (view.getUint16(offset, true) === 1 && dataEnd <= end) return { offset: offset + 4, end: dataEnd };
    offset = dataEnd;
  }
  return undefined;
}

/** Nothing is unpacked, so such a name could do no harm; but no honest file has one. */
function requirePlainName(name: string, path: string): void {
  const isPlain = name !== '' && !/^[\\/]|^[A-Za-z]:|\0|\\/.test(name) && !name.split('/').includes('..');
  if (!isPlain) throw fileProblem(path, `entry ${quoteName(name)} is not a name inside an archive`);
}

function limitEntries(entries: Omit<ZipEntry, 'limitOffset'>[], directoryOffset: number, path: string) {
  entries.sort((a, b) => a.headerOffset - b.headerOffset);
  const limited = new Map<string, ZipEntry>();
  for (const [index, entry] of entries.entries()) {
    if (limited.has(entry.name)) throw fileProblem(path, `entry ${quoteName(entry.name)} occurs twice`);
    const limitOffset = entries[index + 1]?.headerOffset ?? directoryOffset;
    if (entry.headerOffset + entry.sizeBytes > limitOffset) {
      throw fileProblem(path, `entry ${quoteName(entry.name)} overlaps what follows it`);
    }
    limited.set(entry.name, { ...entry, limitOffset });
  }
  return limited;
}

function readSize(view: DataView, offset: number, path: string): number {
  const size = Number(view.getBigUint64(offset, true));
  if (!Number.isSafeInteger(size)) throw fileProblem(path, 'its directory holds an impossible size');
  return size;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
