import { matchLabel } from '@nano-emox/tasks';
import type { EmotionSampleRow } from '@nano-emox/tasks/datasets';
import {
  type FloatTensor,
  floatTensor,
  InvalidArgumentError,
  type RunOptions,
  throwIfAborted,
} from '@nano-emox/tensor-contract';
import type { ClipFeatures } from 'nano-emox/training';
import { contentFraction } from '../data/hash-split';
import type { SampleEvent } from '../samples/sample-options';
import type { EmotionSource } from '../sources/emotion-source';

/** What a clip is for: the head learns from it, the gate does, or the gate is chosen and checked by it. */
export type PerceptionPart = 'head' | 'gate' | 'check';

/** A clip as a head sees it. */
export interface PerceptionRow {
  readonly source: EmotionSource;
  /** In its source. */
  readonly index: number;
  readonly id: string;
  /** One of the classes. */
  readonly label: string;
  readonly part: PerceptionPart;
  /** Mean of the encoder's features over time, `[featureDim]`. */
  readonly features: Float32Array;
}

/** How rows are chosen. */
export interface PerceptionRowOptions extends RunOptions {
  readonly sources: readonly EmotionSource[];
  readonly reads: 'face' | 'scene';
  readonly featureDim: number;
  readonly classes: readonly string[];
  readonly heldOutShare: number;
  readonly seed: number;
  readonly onEvent?: ((event: SampleEvent) => void) | undefined;
}

/** Of the clips held out, those that check the gate. */
const CHECK_SHARE = 1 / 3;

/**
 * Clips with an emotion of the classes that show what the head reads; others are reported and left out. Clips of one speaker
 * serve one purpose.
 * @throws InvalidArgumentError for a clip of a test part; what the sources throw, AbortedError
 */
export async function perceptionRows(options: PerceptionRowOptions): Promise<readonly PerceptionRow[]> {
  const { sources, reads, signal } = options;
  const rows: PerceptionRow[] = [];
  for (const source of sources) {
    for (let index = 0; index < source.length; index++) {
      throwIfAborted(signal, `reading ${source.name}`);
      const row = await source.row(index);
      const target = row.targets.find(({ task }) => task === 'mer');
      if (target?.task !== 'mer') continue;
      requireNoTest(row);
      const label = matchLabel(target.value.emotion, options.classes);
      const features = label === undefined ? undefined : (await source.features(index, { signal }))[reads];
      if (label !== undefined && features) {
        const mean = meanOverTime(features, options.featureDim);
        rows.push({ source, index, id: row.id, label, part: partOf(row, options), features: mean });
        continue;
      }
      const message = label === undefined ? `${target.value.emotion} is none of the classes` : `there is no ${reads}`;
      options.onEvent?.({ type: 'sample-skipped', source: source.name, id: row.id, task: 'mer', message });
    }
  }
  return rows;
}

/** Features of rows below one another, `[rows, featureDim]`. */
export function featuresOf(rows: readonly PerceptionRow[]): FloatTensor {
  const width = rows[0]?.features.length ?? 0;
  const joined = floatTensor(new Float32Array(rows.length * width), [rows.length, width]);
  rows.forEach(({ features }, row) => {
    joined.data.set(features, row * width);
  });
  return joined;
}

function partOf({ speaker, id }: EmotionSampleRow, { heldOutShare, seed }: PerceptionRowOptions): PerceptionPart {
  const place = contentFraction(speaker ?? id, seed);
  if (place >= heldOutShare) return 'head';
  return place >= heldOutShare * CHECK_SHARE ? 'gate' : 'check';
}

function meanOverTime(features: NonNullable<ClipFeatures['face']>, featureDim: number): Float32Array {
  const frames = features.length / featureDim;
  const mean = new Float32Array(featureDim);
  features.forEach((value, at) => {
    mean[at % featureDim] = (mean[at % featureDim] as number) + value / frames;
  });
  return mean;
}

function requireNoTest({ id, split }: EmotionSampleRow): void {
  if (split !== 'test') return;
  throw new InvalidArgumentError({
    message: `trainPerceptionHead: ${id} belongs to a test part`,
    hint: 'Train on the training part; test clips are for measuring alone.',
    argument: 'sources',
  });
}
