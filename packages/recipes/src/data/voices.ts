import { readFile } from 'node:fs/promises';
import { decodeAudio } from '@nano-emox/media';
import { labelSets } from '@nano-emox/tasks';
import { InvalidFileError } from '@nano-emox/tensor-contract';
import { parse } from 'csv-parse/sync';
import { dataFile } from './data-sets';
import { contentFraction } from './hash-split';
import { cachedSet } from './set-cache';
import { tarEntries } from './tar-entries';
import { activeRange } from './voice-activity';

export const voiceSampleRateHz = 16_000;

/** Recordings of voices with emotion labels. */
export interface VoiceSet {
  readonly count: number;
  /** All recordings one after another: 16 kHz mono, 16 bits. */
  readonly samples: Int16Array;
  /** `[count + 1]`: recording `i` is `samples.subarray(offsets[i], offsets[i + 1])`. */
  readonly offsets: Int32Array;
  /** `[count]`, indices into `labelSets.sevenEmotions`. */
  readonly labels: Uint8Array;
  /** `[count]`, e.g. `emodb-08`, `emogator-000123`. */
  readonly speakers: readonly string[];
}

/** EmoDB and EmoGator in three parts that share no speaker. */
export interface VoiceData {
  readonly train: VoiceSet;
  readonly validation: VoiceSet;
  /** For the report, never for a decision. */
  readonly test: VoiceSet;
}

/** Where recordings come from. */
export type VoiceSource = 'emodb' | 'emogator';

const voiceSources: readonly VoiceSource[] = ['emodb', 'emogator'];

/** Options of {@link loadVoices}. */
export interface LoadVoicesOptions {
  readonly cacheFolder: string;
  /** Where the archives lie; not needed for what is cached. */
  readonly dataFolder: string;
  /** @default both */
  readonly sets?: readonly VoiceSource[];
  /** @default 1 */
  readonly seed?: number;
  /** Part of the EmoGator contributors to choose by. @default 0.05 */
  readonly validationShare?: number;
  /** Part of the EmoGator contributors to report on. @default 0.05 */
  readonly testShare?: number;
  /** EmoDB speakers to choose by. @default a woman, 08 */
  readonly emodbValidationSpeakers?: readonly string[];
  /** EmoDB speakers to report on. @default a man, 15 */
  readonly emodbTestSpeakers?: readonly string[];
}

/** How speakers are divided. */
export type SpeakerSplit = Required<
  Pick<LoadVoicesOptions, 'seed' | 'validationShare' | 'testShare' | 'emodbValidationSpeakers' | 'emodbTestSpeakers'>
>;

/** EmoDB emotions to our classes; boredom has none. */
const emodbClasses: Readonly<Record<string, string>> = {
  ...{ anger: 'anger', disgust: 'disgust', fear: 'fear', happiness: 'happy', neutral: 'neutral', sadness: 'sad' },
};

/** EmoGator categories to our classes. Elation and amusement are both joy; surprise comes good and bad. */
const emogatorClasses: Readonly<Record<string, string>> = {
  ...{ '02': 'happy', '03': 'anger', '10': 'disgust', '13': 'happy', '15': 'fear', '18': 'neutral', '24': 'sad' },
  ...{ '27': 'surprise', '28': 'surprise' },
};

/**
 * EmoDB (Burkhardt et al. 2005; German sentences) and EmoGator (Buhl 2023; vocal bursts) with the silence before and after
 * the voice cut away. Divided by speaker: chosen EmoDB speakers, and EmoGator contributors by a hash of their number.
 * @throws MissingFileError without the archives, InvalidFileError for an unknown name
 */
export async function loadVoices(options: LoadVoicesOptions): Promise<VoiceData> {
  const { cacheFolder, dataFolder } = options;
  const split = splitOf(options);
  const sets = voiceSources.filter((set) => (options.sets ?? voiceSources).includes(set));
  const someSets = sets.length < voiceSources.length && { sets };
  const key = JSON.stringify({ version: 2, ...split, ...someSets });
  const { facts, arrays } = await cachedSet(cacheFolder, 'voices', key, async () => {
    const voices: LabelledVoice[] = [];
    for (const set of sets) voices.push(...(await readers[set](dataFolder)));
    const of = (part: keyof VoiceData) => voices.filter(({ speaker }) => partOfSpeaker(speaker, split) === part);
    const parts = { train: of('train'), validation: of('validation'), test: of('test') };
    return {
      facts: Object.fromEntries(
        Object.entries(parts).map(([name, part]) => [name, part.map((voice) => voice.speaker)]),
      ),
      arrays: Object.assign({}, ...Object.entries(parts).map(([name, part]) => toArrays(name, part))),
    };
  });
  const part = (name: keyof VoiceData): VoiceSet => {
    const speakers = facts[name] as readonly string[];
    return {
      count: speakers.length,
      samples: arrays[`${name}.samples`] as Int16Array,
      offsets: arrays[`${name}.offsets`] as Int32Array,
      labels: arrays[`${name}.labels`] as Uint8Array,
      speakers,
    };
  };
  return { train: part('train'), validation: part('validation'), test: part('test') };
}

const splitOf = ({
  seed = 1,
  validationShare = 0.05,
  testShare = 0.05,
  emodbValidationSpeakers = ['08'],
  emodbTestSpeakers = ['15'],
}: Partial<SpeakerSplit>): SpeakerSplit => ({
  ...{ seed, validationShare, testShare, emodbValidationSpeakers, emodbTestSpeakers },
});

/** Where {@link loadVoices} puts a speaker. @param speaker such as `emodb-08` or `emogator-000123` */
export function partOfSpeaker(speaker: string, options: Partial<SpeakerSplit> = {}): keyof VoiceData {
  const { seed, validationShare, testShare, emodbValidationSpeakers, emodbTestSpeakers } = splitOf(options);
  const emodb = /^emodb-(.*)$/.exec(speaker)?.[1];
  if (emodb !== undefined) {
    if (emodbTestSpeakers.includes(emodb)) return 'test';
    return emodbValidationSpeakers.includes(emodb) ? 'validation' : 'train';
  }
  const place = contentFraction(speaker, seed);
  if (place < testShare) return 'test';
  return place < testShare + validationShare ? 'validation' : 'train';
}

interface LabelledVoice {
  readonly samples: Int16Array;
  readonly label: number;
  readonly speaker: string;
}

const readers: Readonly<Record<VoiceSource, (dataFolder: string) => Promise<LabelledVoice[]>>> = {
  emodb: readEmodb,
  emogator: readEmogator,
};

async function readEmodb(dataFolder: string): Promise<LabelledVoice[]> {
  const table = await readFile(dataFile(dataFolder, 'speech/emodb-labels.csv'), 'utf8');
  const rows = parse(table, { columns: true }) as { file: string; speaker: string; emotion: string }[];
  const rowOf = new Map(rows.map((row) => [row.file, row]));
  return readVoices(dataFile(dataFolder, 'speech/emodb.tar'), (name) => {
    const row = rowOf.get(name);
    return row && { speaker: `emodb-${row.speaker}`, category: row.emotion, emotion: emodbClasses[row.emotion] };
  });
}

function readEmogator(dataFolder: string): Promise<LabelledVoice[]> {
  return readVoices(dataFile(dataFolder, 'speech/emogator.tar'), (name) => {
    const [, contributor, category = ''] = /(\d+)-(\d+)-\d+\.opus$/.exec(name) ?? [];
    return contributor
      ? { speaker: `emogator-${contributor}`, category, emotion: emogatorClasses[category] }
      : undefined;
  });
}

/** Categories without a class are left out on purpose; a name that cannot be read is a fault of the archive. */
type Description = { readonly speaker: string; readonly category: string; readonly emotion: string | undefined };

async function readVoices(path: string, describe: (name: string) => Description | undefined): Promise<LabelledVoice[]> {
  const voices: LabelledVoice[] = [];
  for await (const { name, bytes } of tarEntries(path)) {
    const description = describe(name);
    if (!description) {
      throw new InvalidFileError({
        message: `loadVoices: nothing is known about ${name}`,
        hint: 'Use the archive together with the label file it came with.',
        path,
      });
    }
    const label = (labelSets.sevenEmotions as readonly (string | undefined)[]).indexOf(description.emotion);
    if (label < 0) continue;
    const { samples } = await decodeAudio(bytes);
    const { start, end } = activeRange(samples, voiceSampleRateHz);
    voices.push({ samples: toInt16(samples.subarray(start, end)), label, speaker: description.speaker });
  }
  return voices;
}

/** Samples in [-1, 1] as 16-bit integers. */
export function toInt16(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (value) => Math.max(-32768, Math.min(32767, Math.round(value * 32768))));
}

function toArrays(name: string, voices: readonly LabelledVoice[]) {
  const offsets = new Int32Array(voices.length + 1);
  voices.forEach(({ samples }, index) => {
    offsets[index + 1] = (offsets[index] as number) + samples.length;
  });
  const samples = new Int16Array(offsets[voices.length] as number);
  voices.forEach((voice, index) => {
    samples.set(voice.samples, offsets[index]);
  });
  const labels = Uint8Array.from(voices, ({ label }) => label);
  return { [`${name}.samples`]: samples, [`${name}.offsets`]: offsets, [`${name}.labels`]: labels };
}
