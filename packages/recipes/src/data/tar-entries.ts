import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';

/** One file of an archive. */
export interface TarEntry {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The files of a `.tar` or `.tar.gz` in their order in the archive, one in memory at a time. */
export async function* tarEntries(path: string): AsyncGenerator<TarEntry> {
  const archive = extract();
  const source = createReadStream(path, { highWaterMark: 1 << 20 });
  const reading = path.endsWith('.gz') ? pipeline(source, createGunzip(), archive) : pipeline(source, archive);
  reading.catch(() => {}); // the same error comes out of the iteration below
  for await (const entry of archive) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (entry.header.type === 'file') yield { name: entry.header.name, bytes: Buffer.concat(chunks) };
  }
  await reading;
}
