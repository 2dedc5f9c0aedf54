import { readFile } from 'node:fs/promises';
import { InvalidFileError } from '@nano-emox/tensor-contract';
import { parse } from 'csv-parse/sync';
import { dataFile } from '../data/data-sets';
import { tarEntries } from '../data/tar-entries';

/** A recording as its corpus describes it. */
export interface CorpusVoice {
  /** The file as published. */
  readonly bytes: Uint8Array;
  /** In the words of the corpus. */
  readonly emotion: string;
  /** Such as `emodb-08`, `emogator-000123`, `ravdess-07`. */
  readonly speaker: string;
}

/** Corpora of voices by name. */
export type VoiceCorpus = 'emodb' | 'emogator' | 'ravdess';

/** The nine categories of EmoGator that name an emotion of the seven, in the corpus's own division. */
const emogatorEmotions: Readonly<Record<string, string>> = {
  ...{ '02': 'amusement', '03': 'anger', '10': 'disgust', '13': 'elation', '15': 'fear', '18': 'neutral' },
  ...{ '24': 'sadness', '27': 'surprise (negative)', '28': 'surprise (positive)' },
};

const ravdessEmotions: Readonly<Record<string, string>> = {
  ...{ '01': 'neutral', '02': 'calm', '03': 'happy', '04': 'sad', '05': 'angry', '06': 'fearful', '07': 'disgust' },
  '08': 'surprised',
};

/** Files of a corpus below the data folder; the first is the archive. */
export const voiceCorpusFiles: Readonly<Record<VoiceCorpus, readonly string[]>> = {
  emodb: ['speech/emodb.tar', 'speech/emodb-labels.csv'],
  emogator: ['speech/emogator.tar'],
  ravdess: ['speech/ravdess.tar'],
};

type Describe = (name: string) => Omit<CorpusVoice, 'bytes'> | undefined;

/**
 * The recordings of a corpus with its own classes: all seven emotions of EmoDB (boredom is one), nine categories of EmoGator, the
 * eight emotions of RAVDESS speech.
 * @throws MissingFileError without the archive, InvalidFileError for a name that says nothing
 */
export async function readVoiceCorpus(corpus: VoiceCorpus, dataFolder: string): Promise<CorpusVoice[]> {
  const describe = corpus === 'emodb' ? await describeEmodb(dataFolder) : describers[corpus];
  const path = dataFile(dataFolder, voiceCorpusFiles[corpus][0] as string);
  const voices: CorpusVoice[] = [];
  for await (const { name, bytes } of tarEntries(path)) {
    const description = describe(name);
    if (!description) throw unknownRecording(path, name);
    if (description.emotion !== '') voices.push({ bytes, ...description });
  }
  return voices;
}

async function describeEmodb(dataFolder: string): Promise<Describe> {
  const table = await readFile(dataFile(dataFolder, 'speech/emodb-labels.csv'), 'utf8');
  const rows = parse(table, { columns: true }) as { file: string; speaker: string; emotion: string }[];
  const byFile = new Map(rows.map(({ file, speaker, emotion }) => [file, { emotion, speaker: `emodb-${speaker}` }]));
  return (name) => byFile.get(name);
}

/** An empty emotion: a category that is left out. */
const describers: Readonly<Record<Exclude<VoiceCorpus, 'emodb'>, Describe>> = {
  emogator: (name) => {
    const [, contributor, category] = /(\d+)-(\d+)-\d+\.opus$/.exec(name) ?? [];
    if (!contributor || !category) return undefined;
    return { speaker: `emogator-${contributor}`, emotion: emogatorEmotions[category] ?? '' };
  },
  ravdess: (name) => {
    const fields = /(?:^|\/)((?:\d\d-){6}\d\d)\.\w+$/.exec(name)?.[1]?.split('-');
    const emotion = ravdessEmotions[fields?.[2] ?? ''];
    return emotion ? { speaker: `ravdess-${fields?.[6]}`, emotion } : undefined;
  },
};

const unknownRecording = (path: string, name: string) =>
  new InvalidFileError({
    message: `${path}: nothing is known about ${name}`,
    hint: 'Use the archive together with the label file it came with.',
    path,
  });
