import { Worker } from 'node:worker_threads';
import { renderTrainingClip, type TrainingClip } from '@nano-emox/clip-renderer';
import { labelSets } from '@nano-emox/tasks';
import { ExecutionError, InvalidArgumentError, throwIfAborted } from '@nano-emox/tensor-contract';
import { type CachedSet, cachedSet, isCached } from './set-cache';
import { toInt16 } from './voices';

/** Frames a model sees of one clip. */
export const framesPerClip = 8;

/** All that is true about a rendered clip. */
export type RenderedTruth = Pick<
  TrainingClip,
  | 'emotion'
  | 'intensity'
  | 'evidence'
  | 'script'
  | 'clues'
  | 'reasoning'
  | 'parameters'
  | 'durationSeconds'
  | 'frameTimesSeconds'
> & { readonly seed: string };

/** One rendered clip. */
export interface RenderedItem {
  /** `[8, 3, size, size]`, 0..255, RGB; a view, not to be written to. */
  readonly frames: Uint8Array;
  /** 16 kHz mono in [-1, 1], as long as the clip; made when read. */
  readonly samples: Float32Array;
  readonly truth: RenderedTruth;
}

/** Options of {@link loadRendered}. */
export interface LoadRenderedOptions {
  readonly cacheFolder: string;
  /** Pixels along each side of a frame. @default 64, what the encoders of the tiny preset read */
  readonly size?: number;
  /** @default 1600 */
  readonly trainCount?: number;
  /** @default 160 */
  readonly validationCount?: number;
  /** @default 0 */
  readonly testCount?: number;
  /** @default 1 */
  readonly seed?: number;
  /** Worker threads, of low priority. 0 renders in this thread. @default 2 */
  readonly threads?: number;
  /** Looked at between chunks; those that are ready stay cached. */
  readonly signal?: AbortSignal;
  /** Called after each chunk with the clips that are ready, those cached before included. */
  readonly onProgress?: (readyClips: number, allClips: number) => void;
}

/** Rendered clips in three parts, each with seeds of its own. */
export interface RenderedData {
  readonly train: RenderedSet;
  readonly validation: RenderedSet;
  /** For the report, never for a decision. */
  readonly test: RenderedSet;
}

/** One chunk of clips, as a worker is told about it. */
export interface RenderJob {
  readonly cacheFolder: string;
  readonly name: string;
  readonly size: number;
  readonly seeds: readonly string[];
}

/** Clips per cached file; an interrupted run repeats at most this many per thread. */
const clipsPerChunk = 32;
/** To be raised when the renderer draws something else for the same seed. */
export const rendererVersion = 1;

/** A part of the rendered clips, read from its chunks. */
export class RenderedSet {
  constructor(
    /** Pixels along each side of a frame. */
    readonly size: number,
    readonly count: number,
    private readonly chunks: readonly CachedSet[],
  ) {}

  /** @throws InvalidArgumentError when there is no such clip */
  get(index: number): RenderedItem {
    const truth = this.truth(index);
    const { frames, samples, offsets } = this.chunkOf(index).arrays;
    const place = index % clipsPerChunk;
    const bytesPerClip = framesPerClip * 3 * this.size * this.size;
    const sound = (samples as Int16Array).subarray(offsets?.[place], offsets?.[place + 1]);
    return {
      frames: (frames as Uint8Array).subarray(place * bytesPerClip, (place + 1) * bytesPerClip),
      truth,
      // Pictures are read far more often than sound, and widening it takes longer than drawing them.
      get samples() {
        const samples = new Float32Array(sound.length);
        for (let index = 0; index < sound.length; index++) samples[index] = (sound[index] as number) / 32768;
        return samples;
      },
    };
  }

  /** The truth alone, without touching frames and samples. */
  truth(index: number): RenderedTruth {
    const truths = this.chunkOf(index).facts.truths as readonly RenderedTruth[];
    return truths[index % clipsPerChunk] as RenderedTruth;
  }

  private chunkOf(index: number): CachedSet {
    const chunk = this.chunks[Math.floor(index / clipsPerChunk)];
    if (chunk && Number.isInteger(index) && index < this.count) return chunk;
    throw new InvalidArgumentError({
      message: `RenderedSet: there is no clip ${index} of ${this.count}`,
      hint: `Use a whole number from 0 to ${this.count - 1}.`,
      argument: 'index',
    });
  }
}

/** Clips that the project renders itself: a face, a voice and words of one emotion, with all that is true about them. */
export async function loadRendered(options: LoadRenderedOptions): Promise<RenderedData> {
  const { cacheFolder, size = 64, trainCount = 1600, validationCount = 160, testCount = 0, seed = 1 } = options;
  const { threads = 2 } = options;
  const jobsOf = (part: string, count: number): RenderJob[] =>
    Array.from({ length: Math.ceil(count / clipsPerChunk) }, (_, chunk) => {
      const start = chunk * clipsPerChunk;
      const length = Math.min(clipsPerChunk, count - start);
      const seeds = Array.from({ length }, (_, index) => `${part}-${seed}-${start + index}`);
      return { cacheFolder, name: `rendered-${part}-${String(chunk).padStart(3, '0')}`, size, seeds };
    });
  const jobs = {
    train: jobsOf('train', trainCount),
    validation: jobsOf('validation', validationCount),
    test: jobsOf('test', testCount),
  };
  await renderAll([...jobs.test, ...jobs.validation, ...jobs.train], threads, options);
  const setOf = async (part: readonly RenderJob[], count: number) =>
    new RenderedSet(size, count, await Promise.all(part.map(renderChunk)));
  return {
    train: await setOf(jobs.train, trainCount),
    validation: await setOf(jobs.validation, validationCount),
    test: await setOf(jobs.test, testCount),
  };
}

/** Renders the clips of a job, or reads them when they are cached. */
export function renderChunk(job: RenderJob): Promise<CachedSet> {
  const { cacheFolder, name, size, seeds } = job;
  return cachedSet(cacheFolder, name, keyOf(job), async () => {
    const clips = seeds.map((seed) => renderTrainingClip(seed, { size, emotion: emotionOf(seed) }));
    const offsets = new Int32Array(clips.length + 1);
    clips.forEach(({ samples }, index) => {
      offsets[index + 1] = (offsets[index] as number) + samples.length;
    });
    const samples = new Int16Array(offsets[clips.length] as number);
    const frames = new Uint8Array(clips.length * framesPerClip * 3 * size * size);
    clips.forEach((clip, index) => {
      samples.set(toInt16(clip.samples), offsets[index]);
      frames.set(clip.frames, index * clip.frames.length);
    });
    const truths = clips.map((clip, index) => truthOf(clip, seeds[index] as string));
    return { facts: { truths }, arrays: { frames, samples, offsets } };
  });
}

const keyOf = ({ size, seeds }: RenderJob) => JSON.stringify({ version: rendererVersion, size, seeds });

/** Emotions in turn, so that every part has equally many of each. */
function emotionOf(seed: string) {
  const number = Number(seed.slice(seed.lastIndexOf('-') + 1));
  return labelSets.sevenEmotions[number % labelSets.sevenEmotions.length] as (typeof labelSets.sevenEmotions)[number];
}

function truthOf(clip: TrainingClip, seed: string): RenderedTruth {
  const { emotion, intensity, evidence, script, clues, reasoning, parameters, durationSeconds, frameTimesSeconds } =
    clip;
  return {
    seed,
    emotion,
    intensity,
    evidence,
    script,
    clues,
    reasoning,
    parameters,
    durationSeconds,
    frameTimesSeconds,
  };
}

async function renderAll(
  jobs: readonly RenderJob[],
  threads: number,
  { onProgress, signal }: LoadRenderedOptions,
): Promise<void> {
  const allClips = jobs.reduce((sum, { seeds }) => sum + seeds.length, 0);
  let readyClips = 0;
  const ready = (job: RenderJob) => {
    readyClips += job.seeds.length;
    onProgress?.(readyClips, allClips);
  };
  const waiting: RenderJob[] = [];
  for (const job of jobs) {
    if (await isCached(job.cacheFolder, job.name, keyOf(job))) ready(job);
    else waiting.push(job);
  }
  if (threads > 0) {
    await Promise.all(
      Array.from({ length: Math.min(threads, waiting.length) }, () => renderInWorker(waiting, ready, signal)),
    );
    throwIfAborted(signal, 'rendering');
    return;
  }
  for (const job of waiting) {
    throwIfAborted(signal, 'rendering');
    await renderChunk(job);
    ready(job);
  }
}

/** One worker thread takes jobs until none is left. */
function renderInWorker(
  waiting: RenderJob[],
  ready: (job: RenderJob) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const worker = new Worker(new URL('./render-worker.js', import.meta.url));
  return new Promise<void>((resolve, reject) => {
    let current: RenderJob | undefined;
    const next = () => {
      if (current) ready(current);
      current = signal?.aborted ? undefined : waiting.shift();
      if (current) worker.postMessage(current);
      else resolve();
    };
    worker.on('message', next);
    worker.on('error', (cause) =>
      reject(
        new ExecutionError({
          message: `loadRendered: rendering ${current?.name} failed: ${cause instanceof Error ? cause.message : cause}`,
          hint: 'Run again with threads: 0 to see where; chunks that are ready stay cached.',
          cause,
        }),
      ),
    );
    next();
  }).finally(() => worker.terminate());
}
