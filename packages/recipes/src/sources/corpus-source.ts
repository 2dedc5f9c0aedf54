import { frameSize } from '@nano-emox/face-encoder';
import { FaceDetector } from '@nano-emox/media';
import { contentHashOf, FeatureCache, producerOf } from '@nano-emox/p2e';
import type { EmotionSampleRow, IndexedDataSet } from '@nano-emox/tasks/datasets';
import {
  type FloatTensor,
  MissingModalityError,
  NanoEmoxError,
  type RunOptions,
  throwIfAborted,
} from '@nano-emox/tensor-contract';
import type { EmotionModelConfig } from 'nano-emox';
import { fillableMode, modalitiesOf } from '../samples/fillable-mode';
import type { EmotionSource } from './emotion-source';
import { clipFeatures, type FrozenEncoders } from './frozen-encoders';
import { type MediaOptions, mediaFiles, readMedia } from './read-media';

/** What happens while the clips of a corpus are encoded. */
export type CorpusEvent =
  | { readonly type: 'features-start'; readonly source: string; readonly totalClips: number }
  /** Clips done, those read from the cache or skipped included. */
  | {
      readonly type: 'features-delta';
      readonly source: string;
      readonly loadedClips: number;
      readonly computedClips: number;
      readonly totalClips: number;
    }
  /** A clip that cannot be used; the row is left out. */
  | {
      readonly type: 'media-skipped';
      readonly source: string;
      /** Of the row. */
      readonly id: string;
      readonly code: string;
      readonly message: string;
    }
  | {
      readonly type: 'features-end';
      readonly source: string;
      readonly computedClips: number;
      readonly skippedClips: number;
      readonly totalClips: number;
    };

/** Options of {@link corpusSource}. */
export interface CorpusSourceOptions extends RunOptions {
  /** Rows as `indexDataSet` of `@nano-emox/tasks/datasets` gives them; they stay the caller's and open as long as the source. */
  readonly rows: Pick<IndexedDataSet, 'name' | 'length' | 'get'>;
  readonly encoders: FrozenEncoders;
  /** How clips are sampled. */
  readonly input: Pick<EmotionModelConfig['input'], 'frames' | 'clips' | 'faceCrop'>;
  /** Folder of the features; several sources may share it. */
  readonly cacheFolder: string;
  /** @default the name of the rows */
  readonly name?: string;
  /** Rows to use. @default all */
  readonly select?: (row: EmotionSampleRow) => boolean;
  /** What a clip that cannot be read, or offers nothing that its question shows, does. @default 'skip' */
  readonly badMedia?: 'skip' | 'refuse';
  /** Clips that are read at the same time. @default 2 */
  readonly concurrency?: number;
  readonly onEvent?: (event: CorpusEvent) => void;
}

/**
 * Clips of a corpus on disk. Every clip is encoded before the source is returned, so that its length counts usable clips;
 * features that are in the cache are not computed again, and a call that was stopped continues.
 * @throws MissingFileError, InvalidMediaError (with `badMedia: 'refuse'`), InvalidFileError, AbortedError
 */
export async function corpusSource(options: CorpusSourceOptions): Promise<EmotionSource> {
  const { rows, encoders, input, cacheFolder, select = () => true, name = rows.name } = options;
  const sampling: MediaOptions = {
    frames: input.frames,
    clips: input.clips,
    faceCrop: input.faceCrop,
    frameSizePx: encoders.sceneEncoder.imageSize,
    faceSizePx: frameSize(encoders.faceEncoder)[0],
  };
  const producer = producerOf({ encoders: encoders.producer, sampling });
  const cache = await FeatureCache.open({ folder: cacheFolder, producer });
  const reader = new ClipReader(cache, encoders, sampling);
  try {
    const wanted: number[] = [];
    for (let index = 0; index < rows.length; index++) {
      throwIfAborted(options.signal, `reading ${name}`);
      if (select(await rows.get(index))) wanted.push(index);
    }
    const usable = await encodeAll(wanted, reader, { ...options, name });
    return {
      name,
      length: usable.length,
      row: (index) => rows.get(usable[index] as number),
      features: async (index, run) =>
        clipFeatures((await reader.read(await rows.get(usable[index] as number), run)).features),
    };
  } finally {
    await reader.closeDetector();
  }
}

/** Features of rows, from the cache or from their media. */
class ClipReader {
  /** One for all clips; without it each clip that is computed later starts its own. */
  private detector: FaceDetector | undefined;

  constructor(
    private readonly cache: FeatureCache,
    private readonly encoders: FrozenEncoders,
    private readonly sampling: MediaOptions,
  ) {
    if (sampling.faceCrop === 'detect') this.detector = new FaceDetector();
  }

  async closeDetector(): Promise<void> {
    const { detector } = this;
    this.detector = undefined;
    await detector?.dispose();
  }

  async read(
    { media = {} }: EmotionSampleRow,
    options: RunOptions = {},
  ): Promise<{ readonly features: Record<string, FloatTensor>; readonly isComputed: boolean }> {
    const files = await mediaFiles(media);
    if (files.length === 0) return { features: {}, isComputed: false };
    const hashes = await Promise.all(files.map((file) => contentHashOf(file, options)));
    let isComputed = false;
    const features = await this.cache.read(
      hashes.join('+'),
      async (signal) => {
        isComputed = true;
        const inputs = await readMedia(media, this.sampling, { detector: this.detector, signal });
        return this.encoders.encode(inputs, { signal });
      },
      options,
    );
    return { features, isComputed };
  }
}

type EncodeOptions = CorpusSourceOptions & { readonly name: string };

/** Encodes all clips, a few at a time. @returns the rows that can be used, in their order */
async function encodeAll(wanted: readonly number[], reader: ClipReader, options: EncodeOptions): Promise<number[]> {
  const { rows, name, badMedia = 'skip', concurrency = 2, signal, onEvent = () => undefined } = options;
  const totalClips = wanted.length;
  if (totalClips === 0) return [];
  const usable: number[] = [];
  let [loadedClips, computedClips] = [0, 0];
  onEvent({ type: 'features-start', source: name, totalClips });
  const queue = wanted.values(); // shared: each row goes to whoever is free
  const failures: unknown[] = [];
  const work = async () => {
    for (const index of queue) {
      if (failures.length > 0) return;
      const row = await rows.get(index);
      try {
        const { features, isComputed } = await reader.read(row, { signal });
        requireSomething(row, features);
        if (isComputed) computedClips++;
        usable.push(index);
      } catch (error) {
        if (badMedia === 'refuse' || !isBadMedia(error)) throw error;
        onEvent({ type: 'media-skipped', source: name, id: row.id, code: error.code, message: error.message });
      }
      onEvent({ type: 'features-delta', source: name, loadedClips: ++loadedClips, computedClips, totalClips });
    }
  };
  const workers = Array.from({ length: Math.min(concurrency, totalClips) }, () =>
    work().catch((error) => failures.push(error)),
  );
  await Promise.all(workers);
  if (failures.length > 0) throw failures[0];
  const skippedClips = totalClips - usable.length;
  onEvent({ type: 'features-end', source: name, computedClips, skippedClips, totalClips });
  return usable.sort((a, b) => a - b);
}

/** Codes of faults that lie in one clip and leave the others as they are. */
const badMediaCodes: readonly string[] = ['MISSING_FILE', 'INVALID_MEDIA', 'INVALID_FILE', 'MISSING_MODALITY'];

const isBadMedia = (error: unknown): error is NanoEmoxError =>
  NanoEmoxError.isInstance(error) && badMediaCodes.includes(error.code);

/** @throws MissingModalityError for a clip that leaves nothing to ask about */
function requireSomething(row: EmotionSampleRow, features: Record<string, FloatTensor>): void {
  const hasWords = Boolean(row.subtitle) || row.dialogue !== undefined;
  if (fillableMode(row.modalityMode, modalitiesOf(features), hasWords)) return;
  throw new MissingModalityError({
    message: `${row.id} offers nothing that the mode ${row.modalityMode} shows`,
    hint: 'Check that the file has the tracks of its set.',
    modality: 'any',
  });
}
