import { decodeImage } from '@nano-emox/media';
import { labelSets } from '@nano-emox/tasks';
import { InvalidFileError } from '@nano-emox/tensor-contract';
import { dataFile, dataSetFiles } from './data-sets';
import { contentFraction } from './hash-split';
import { cachedSet } from './set-cache';
import { tarEntries } from './tar-entries';

/** Width and height of a FER2013 picture. */
export const faceSizePx = 48;

const pixelsPerFace = faceSizePx * faceSizePx;

/** Grey face pictures with emotion labels. */
export interface FaceSet {
  readonly count: number;
  /** Pixels along each side. */
  readonly size: typeof faceSizePx;
  /** `[count, size, size]`, grey 0..255. */
  readonly pixels: Uint8Array;
  /** `[count]`, indices into `labelSets.sevenEmotions`. */
  readonly labels: Uint8Array;
}

/** FER2013 in three parts that share no picture. */
export interface FaceData {
  readonly train: FaceSet;
  readonly validation: FaceSet;
  /** The public test part: for the report, never for a decision. */
  readonly test: FaceSet;
}

/** Options of {@link loadFaces}. */
export interface LoadFacesOptions {
  readonly cacheFolder: string;
  /** Where the archive lies; not needed for what is cached. */
  readonly dataFolder: string;
  /** @default 1 */
  readonly seed?: number;
  /** Part of the training pictures held out. @default 0.06 */
  readonly validationShare?: number;
}

const [archive] = dataSetFiles.fer2013;

/** Folder names of the archive where they differ from our labels. */
const labelOfFolder: Readonly<Record<string, string>> = { angry: 'anger' };

/**
 * FER2013 (Goodfellow et al. 2013). FER2013 holds many pictures twice: equal pictures go to the same part, and a training
 * picture that is also in the test part is dropped.
 * @throws MissingFileError without the archive, InvalidFileError for a picture of another size or label
 */
export async function loadFaces(options: LoadFacesOptions): Promise<FaceData> {
  const { cacheFolder, dataFolder, seed = 1, validationShare = 0.06 } = options;
  const key = JSON.stringify({ version: 1, seed, validationShare });
  const { arrays } = await cachedSet(cacheFolder, 'faces', key, async () => {
    const parts = splitFaces(await readArchive(dataFile(dataFolder, archive)), seed, validationShare);
    return { facts: { labels: labelSets.sevenEmotions }, arrays: Object.assign({}, ...parts.map(toArrays)) };
  });
  const part = (name: string): FaceSet => {
    const labels = arrays[`${name}.labels`] as Uint8Array;
    return { count: labels.length, size: faceSizePx, pixels: arrays[`${name}.pixels`] as Uint8Array, labels };
  };
  return { train: part('train'), validation: part('validation'), test: part('test') };
}

/** A picture as it comes out of the archive. */
export interface LabelledFace {
  readonly isTest: boolean;
  readonly label: number;
  readonly pixels: Uint8Array;
}

async function readArchive(path: string): Promise<LabelledFace[]> {
  const faces: LabelledFace[] = [];
  for await (const { name, bytes } of tarEntries(path)) {
    const [usage, folder = ''] = name.replace(/^\.\//, '').split('/');
    const label = labelSets.sevenEmotions.findIndex((emotion) => emotion === (labelOfFolder[folder] ?? folder));
    const { width, height, data } = await decodeImage(bytes);
    if (label < 0 || width !== faceSizePx || height !== faceSizePx) {
      throw new InvalidFileError({
        message: `loadFaces: ${name} has the label "${folder}" and ${width}×${height} pixels`,
        hint: `Use the archive with the seven emotions as folders and ${faceSizePx}×${faceSizePx} pictures.`,
        path,
      });
    }
    const pixels = Uint8Array.from({ length: pixelsPerFace }, (_, index) => data[index * 3] as number);
    faces.push({ isTest: usage === 'PublicTest', label, pixels });
  }
  return faces;
}

/** The three parts, by content: see {@link loadFaces}. */
export function splitFaces(faces: readonly LabelledFace[], seed: number, validationShare: number) {
  const contentOf = ({ pixels }: LabelledFace) => Buffer.from(pixels).toString('latin1');
  const testContents = new Set(faces.filter(({ isTest }) => isTest).map(contentOf));
  const parts = { train: [] as LabelledFace[], validation: [] as LabelledFace[], test: [] as LabelledFace[] };
  for (const face of faces) {
    if (face.isTest) parts.test.push(face);
    else if (testContents.has(contentOf(face))) continue;
    else parts[contentFraction(face.pixels, seed) < validationShare ? 'validation' : 'train'].push(face);
  }
  return Object.entries(parts);
}

function toArrays([name, faces]: [string, LabelledFace[]]): Record<string, Uint8Array> {
  const pixels = new Uint8Array(faces.length * pixelsPerFace);
  faces.forEach((face, index) => {
    pixels.set(face.pixels, index * pixelsPerFace);
  });
  return { [`${name}.pixels`]: pixels, [`${name}.labels`]: Uint8Array.from(faces, ({ label }) => label) };
}
