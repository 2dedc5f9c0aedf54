import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Random } from '@nano-emox/engine';
import { decodeImage, type RgbImage } from '@nano-emox/media';
import { faceSizePx, pictureId } from '@nano-emox/recipes';
import { extract } from 'tar-stream';

/** Classes of FER2013 as its folders call them; alphabetical, as the index of a class everywhere. */
export const classes = ['angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise'] as const;

/** One picture. */
export interface Face {
  readonly id: string;
  readonly label: string;
  /** As stored; decoded where it is used. */
  readonly bytes: Buffer;
}

/** Three parts without a common picture. */
export interface FaceParts {
  /** For heads. */
  readonly train: readonly Face[];
  /** For gates: the heads have not learnt these by heart. */
  readonly gate: readonly Face[];
  /** PublicTest. */
  readonly test: readonly Face[];
}

/**
 * Reads the archive; training pictures that are also in the test part are left out. The order is drawn from a fixed
 * seed.
 */
export async function readFaces(dataFolder: string, rows: number, gateRows: number): Promise<FaceParts> {
  const path = join(dataFolder, 'faces/fer2013-train-publictest.tar.gz');
  const [train, test]: [Face[], Face[]] = [[], []];
  for await (const { id, bytes } of entriesOf(path)) {
    const [part = '', label = ''] = id.split('/');
    (part === 'PublicTest' ? test : train).push({ id, label, bytes });
  }
  const known = new Set(test.map(contentOf));
  const random = new Random(2013);
  const fresh = random.shuffle(train.filter((face) => !known.has(contentOf(face)))).slice(0, rows);
  const held = Math.min(gateRows, Math.floor(fresh.length / 4));
  return {
    gate: fresh.slice(0, held),
    train: fresh.slice(held),
    test: random.shuffle(test).slice(0, Math.ceil(rows / 8)),
  };
}

const contentOf = ({ bytes }: Face) => createHash('sha1').update(bytes).digest('hex');

async function* entriesOf(path: string): AsyncGenerator<{ id: string; bytes: Buffer }> {
  const archive = extract();
  const reading = pipeline(createReadStream(path), createGunzip(), archive);
  reading.catch(() => {}); // the same error comes out of the iteration below
  for await (const entry of archive) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const id = entry.header.name.replace(/^\.\//, '');
    if (entry.header.type === 'file') yield { id, bytes: Buffer.concat(chunks) };
  }
  await reading;
}

/** The picture, 48×48 RGB. */
export const decodeFace = ({ bytes }: Face): Promise<RgbImage> => decodeImage(bytes);

/** Name of a picture in tables of teacher logits, as `readFaceTeacher` of `@nano-emox/recipes` knows it. */
export async function nameOf(face: Face): Promise<string> {
  const { data } = await decodeFace(face);
  const pixels = Uint8Array.from({ length: faceSizePx * faceSizePx }, (_, index) => data[index * 3] as number);
  return pictureId({ count: 1, size: faceSizePx, pixels, labels: new Uint8Array(1) }, 0);
}
