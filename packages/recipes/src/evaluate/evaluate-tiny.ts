import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Device } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { readJsonFile, writeFileAtomic } from '@nano-emox/engine/weights';
import { producerOf } from '@nano-emox/p2e';
import { InvalidArgumentError, type RunOptions, throwIfAborted } from '@nano-emox/tensor-contract';
import { NanoEmoX } from 'nano-emox';
import { faceScores } from './face-scores';
import type { MeasureContext } from './measure-context';
import { renderedScores } from './rendered-scores';
import type { Score } from './score';
import { dialogueScores, goEmotionsScores, mintrecScores } from './text-scores';
import { voiceCorpusFiles } from './voice-corpora';
import { voiceScores } from './voice-scores';

/** A measurement: the files it needs below the data folder, and how it is taken. */
interface Measurement {
  readonly files: readonly string[];
  readonly measure: (context: MeasureContext, options: EvaluateTinyOptions) => Promise<Score[]>;
  /** Items, unless told otherwise; for measurements that would take very long. */
  readonly usualLimit?: number;
}

const measurements = {
  rendered: { files: [], measure: renderedScores },
  fer2013: { files: ['faces/fer2013-train-publictest.tar.gz'], measure: faceScores },
  emodb: { files: voiceCorpusFiles.emodb, measure: (context) => voiceScores('emodb', context) },
  emogator: { files: voiceCorpusFiles.emogator, measure: (context) => voiceScores('emogator', context) },
  ravdess: { files: voiceCorpusFiles.ravdess, measure: (context) => voiceScores('ravdess', context) },
  goemotions: { files: ['text/goemotions/labels.txt', 'text/goemotions/train.tsv'], measure: goEmotionsScores },
  mintrec: { files: ['text/mintrec/train.tsv'], measure: mintrecScores },
  dialogues: { files: ['text/empathetic-dialogues/dev.jsonl'], measure: dialogueScores, usualLimit: 300 },
} as const satisfies Readonly<Record<string, Measurement>>;

/** Name of a measurement. */
export type TinyMeasurement = keyof typeof measurements;
/** All measurements, in their order. */
export const tinyMeasurements = Object.keys(measurements) as readonly TinyMeasurement[];

/** What happens while a model is measured. */
export type EvaluationEvent =
  | { readonly type: 'measurement-start'; readonly measurement: TinyMeasurement }
  | {
      readonly type: 'measurement-delta';
      readonly measurement: TinyMeasurement;
      readonly done: number;
      readonly total: number;
    }
  | { readonly type: 'measurement-end'; readonly measurement: TinyMeasurement; readonly scores: readonly Score[] }
  /** A data set is not in the data folder; the others are measured. */
  | { readonly type: 'measurement-skipped'; readonly measurement: TinyMeasurement; readonly path: string };

/** Options of {@link evaluateTiny}. */
export interface EvaluateTinyOptions extends RunOptions {
  /** Folder of a model, or `tiny`. */
  readonly model: string;
  /** Public data sets, each where the README of the package says. @default rendered clips alone */
  readonly dataFolder?: string;
  /** Features, answers and decoded data sets; a measurement that was stopped continues from it. */
  readonly cacheFolder: string;
  /** @default all whose data is there */
  readonly only?: readonly TinyMeasurement[];
  /** Items of each data set, drawn from the seed. @default all; 300 dialogues */
  readonly limit?: number;
  /** Linear head that the face encoder was pretrained with, `face-encoder/head` of a run. @default a probe is trained */
  readonly faceHead?: string;
  /**
   * Writes the scores there as JSON. What an earlier call with the same model, seed and command has measured stays beside them.
   * @default nothing is written
   */
  readonly scoresPath?: string;
  /** Of probes and draws. @default 1 */
  readonly seed?: number;
  /** Recorded with every number, the name of its measurement behind it. @default 'evaluateTiny' */
  readonly command?: string;
  /** @default 'auto' */
  readonly device?: Device;
  /** @default all the process may use */
  readonly threads?: number;
  readonly onEvent?: (event: EvaluationEvent) => void;
}

/** Numbers of a model, and how they were taken. */
export interface TinyScores {
  /** Hash of configuration and weights. */
  readonly model: string;
  /** Takes all measurements; each score has that of its own. */
  readonly command: string;
  readonly seed: number;
  readonly scores: readonly Score[];
}

/**
 * Measures a model as its card reports it: encoders by probes on speakers they have not heard, the language model on held-out
 * texts and dialogues, the whole on held-out rendered clips. Test data decides nothing.
 * @throws InvalidArgumentError (an unknown measurement), MissingFileError (of the model), InvalidFileError, AbortedError
 * @example
 * const { scores } = await evaluateTiny({ model: 'tiny', dataFolder: './data', cacheFolder: './cache', only: ['emodb'] });
 */
export async function evaluateTiny(options: EvaluateTinyOptions): Promise<TinyScores> {
  const { dataFolder = '', cacheFolder, seed = 1, command = 'evaluateTiny', device, threads, signal } = options;
  const onEvent = options.onEvent ?? (() => undefined);
  const wanted = requireKnown(options.only ?? tinyMeasurements);
  await mkdir(cacheFolder, { recursive: true });
  const executor = await openExecutor({ ...(device && { device }), ...(threads && { threads }) });
  let model: NanoEmoX | undefined;
  try {
    model = await NanoEmoX.fromPretrained(options.model, { executor });
    const scores: Score[] = [];
    for (const measurement of wanted) {
      throwIfAborted(signal, `measurement ${measurement}`);
      const { files, measure, usualLimit }: Measurement = measurements[measurement];
      const absent = files.map((name) => join(dataFolder, name)).find((path) => dataFolder === '' || !existsSync(path));
      if (absent !== undefined) {
        onEvent({ type: 'measurement-skipped', measurement, path: absent });
        continue;
      }
      onEvent({ type: 'measurement-start', measurement });
      const onProgress = (done: number, total: number) =>
        onEvent({ type: 'measurement-delta', measurement, done, total });
      const limit = options.limit ?? usualLimit;
      const own = { seed, limit, command: `${command} ${measurement}`, onProgress };
      const shared = { model, executor, dataFolder, cacheFolder, signal, ...own };
      const measured = await measure(shared, options);
      scores.push(...measured);
      onEvent({ type: 'measurement-end', measurement, scores: measured });
    }
    const result = { model: identityOf(model), command, seed, scores };
    if (options.scoresPath !== undefined) await writeScores(options.scoresPath, result);
    return result;
  } finally {
    await model?.dispose();
    await executor.dispose();
  }
}

function identityOf({ config, components }: NanoEmoX): string {
  const weights = Object.entries(components).map(([name, part]) => [name, part.weights] as const);
  return producerOf({ config, weights: Object.fromEntries(weights) });
}

/** Writes scores, in the order of the measurements, with those that the file has of other measurements. */
async function writeScores(path: string, measured: TinyScores): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const { model, command, seed } = measured;
  const known = existsSync(path) ? ((await readJsonFile(path)) as TinyScores) : measured;
  const isSame = known.model === model && known.command === command && known.seed === seed;
  const scores = tinyMeasurements.flatMap((name) => {
    const takenBy = ({ scores: all }: TinyScores) => all.filter((score) => score.command === `${command} ${name}`);
    const fresh = takenBy(measured);
    return fresh.length > 0 || !isSame ? fresh : takenBy(known);
  });
  await writeFileAtomic(path, `${JSON.stringify({ ...measured, scores }, null, 2)}\n`);
}

function requireKnown(wanted: readonly TinyMeasurement[]): readonly TinyMeasurement[] {
  const unknown = wanted.filter((name) => !Object.hasOwn(measurements, name));
  if (wanted.length > 0 && unknown.length === 0) return tinyMeasurements.filter((name) => wanted.includes(name));
  throw new InvalidArgumentError({
    message:
      wanted.length === 0 ? 'evaluateTiny: nothing is to be measured' : `there is no measurement ${unknown.join(', ')}`,
    hint: `The measurements are ${tinyMeasurements.join(', ')}.`,
    argument: 'only',
  });
}
