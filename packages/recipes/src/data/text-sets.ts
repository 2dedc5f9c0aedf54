import { readFile } from 'node:fs/promises';
import { labelSets, valenceOfEmotions } from '@nano-emox/tasks';
import { InvalidFileError } from '@nano-emox/tensor-contract';
import { parse } from 'csv-parse/sync';
import { cleanText } from './clean-text';
import { dataFile } from './data-sets';
import {
  type Affect,
  brighterWords,
  type EmotionClass,
  type EmotionWord,
  goEmotionsWords,
  xedWords,
} from './emotion-words';

/** A public corpus whose licence lets it train weights that are shipped. */
export type TextSource = 'goemotions' | 'brighter' | 'xed' | 'emobank' | 'mintrec';

/** An utterance with whatever its corpus says about it. */
export interface LabelledText {
  readonly source: TextSource;
  readonly text: string;
  readonly emotion?: EmotionClass;
  /** Open-vocabulary words, strongest first. */
  readonly emotionWords?: readonly string[];
  /** In [-1, 1]. */
  readonly valence?: number;
  /** One of `labelSets.mintrec`. */
  readonly intent?: string;
  /** Emotions of E-c, none for a neutral text; absent where some of what was annotated is none of the eleven. */
  readonly affects?: readonly Affect[];
  /** How strong each emotion of EI-oc is, 0 to 3. */
  readonly levels?: Readonly<Record<string, number>>;
}

export const textSources: readonly TextSource[] = ['goemotions', 'brighter', 'xed', 'emobank', 'mintrec'];

/**
 * The texts of the corpora, cleaned, each text once per corpus.
 * @param sources all five by default
 * @throws MissingFileError without a file, InvalidFileError for a label that is not known
 */
export async function readTextSets(
  dataFolder: string,
  sources: readonly TextSource[] = textSources,
): Promise<LabelledText[]> {
  const read = (name: string) => readFile(dataFile(dataFolder, `text/${name}`), 'utf8');
  const wanted = textSources.filter((source) => sources.includes(source)); // in an order that does not depend on the caller
  const sets = await Promise.all(wanted.map((source) => readers[source](read)));
  return sets.flatMap((set) => {
    const seen = new Map<string, LabelledText>();
    for (const item of set) {
      const text = cleanText(item.text);
      if (text !== undefined && !seen.has(text)) seen.set(text, { ...item, text });
    }
    return [...seen.values()];
  });
}

type Read = (name: string) => Promise<string>;

const readers: Readonly<Record<TextSource, (read: Read) => Promise<LabelledText[]>>> = {
  goemotions: readGoEmotions,
  brighter: readBrighter,
  xed: readXed,
  emobank: readEmobank,
  mintrec: readMintrec,
};

/** Rows of fields that tabs part; none of these files quotes. */
const tabRows = (content: string) =>
  content
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));

async function readGoEmotions(read: Read): Promise<LabelledText[]> {
  const names = (await read('goemotions/labels.txt')).split(/\s+/);
  const rows = tabRows((await read('goemotions/train.tsv')) + (await read('goemotions/dev.tsv')));
  return rows.map(([text = '', labels = '']) =>
    described(
      'goemotions',
      text,
      labels.split(',').map((label) => wordFor(goEmotionsWords, names[Number(label)], 'goemotions')),
    ),
  );
}

async function readXed(read: Read): Promise<LabelledText[]> {
  const emotional = tabRows(await read('xed/en-annotated.tsv')).map(([text = '', labels = '']) =>
    described(
      'xed',
      text,
      labels.split(', ').map((label) => wordFor(xedWords, label.trim(), 'xed')),
    ),
  );
  const neutral = tabRows(await read('xed/neu_en.txt')).map(([, text = '']) =>
    described('xed', text, [{ word: 'neutral', emotion: 'neutral' }]),
  );
  return [...emotional, ...neutral];
}

async function readBrighter(read: Read): Promise<LabelledText[]> {
  const files = await Promise.all(['train', 'dev'].map((part) => read(`brighter/track_b_${part}.eng.csv`)));
  return files
    .flatMap((file) => parse(file, { columns: true }) as Record<string, string>[])
    .map((row) => {
      const found = Object.entries(brighterWords)
        .map(([name, words]) => ({ word: words[Number(row[name]) - 1], intensity: Number(row[name]) }))
        .sort((a, b) => b.intensity - a.intensity);
      const words = found.flatMap(({ word }) => (word ? [word] : []));
      const levels = Object.fromEntries(labelSets.semeval2018Intensity.map((name) => [name, Number(row[name])]));
      if (words.length === 0) {
        return { ...described('brighter', row.text ?? '', [{ word: 'neutral', emotion: 'neutral' }]), levels };
      }
      const { emotion, ...rest } = described('brighter', row.text ?? '', words);
      const open = { ...rest, levels };
      const [first, second] = found; // the strongest emotion is the class only when nothing else is as strong
      const strongest = (first?.intensity ?? 0) > (second?.intensity ?? 0) ? first?.word?.emotion : undefined;
      return strongest ? { ...open, emotion: strongest } : open;
    });
}

async function readEmobank(read: Read): Promise<LabelledText[]> {
  const rows = parse(await read('emobank/emobank-train-dev.csv'), { columns: true }) as { V: string; text: string }[];
  return rows.map(({ V, text }) => ({ source: 'emobank', text, valence: (Number(V) - 3) / 2 }));
}

async function readMintrec(read: Read): Promise<LabelledText[]> {
  const [, ...rows] = tabRows(await read('mintrec/train.tsv'));
  return rows.map(([, text = '', intent = '']) => ({ source: 'mintrec', text, intent: intent.toLowerCase() }));
}

/** Words, the class when all words agree on one, and the valence of the words. */
function described(source: TextSource, text: string, words: readonly EmotionWord[]): LabelledText {
  const emotions = new Set(words.map(({ emotion }) => emotion));
  const [emotion] = emotions;
  // "neutral" beside an emotion says that raters disagreed.
  const felt = words.length > 1 ? words.filter(({ word }) => word !== 'neutral') : words;
  const emotionWords = felt.map(({ word }) => word);
  const valence = valenceOfEmotions(emotionWords);
  const isClear = emotions.size === 1 && emotion !== undefined;
  const isNeutral = felt.every(({ word }) => word === 'neutral');
  const isKnown = isNeutral || felt.every(({ affects }) => affects !== undefined);
  return {
    ...{ source, text, emotionWords },
    ...(isClear && { emotion }),
    ...(valence !== undefined && { valence }),
    ...(isKnown && { affects: [...new Set(felt.flatMap(({ affects = [] }) => affects))] }),
  };
}

function wordFor(words: Readonly<Record<string, EmotionWord>>, label: string | undefined, source: string): EmotionWord {
  const word = label === undefined ? undefined : words[label];
  if (word) return word;
  throw new InvalidFileError({
    message: `readTextSets: ${source} has the label "${label}", which is not known`,
    hint: 'Use the files as published.',
    path: source,
  });
}
