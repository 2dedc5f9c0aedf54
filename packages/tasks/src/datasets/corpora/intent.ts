import { labelSets } from '../../labels/label-sets';
import { defaultModalityMode } from '../../prompt/modality-modes';
import type { Corpus, CorpusLayout, RecordFormat } from '../corpus';
import { tsv, tsvByPosition } from './formats';

/** Data sets of intents: phase 2 of the curriculum. */

const parts = ['train', 'dev', 'test'] as const;

const filesOf = (format: RecordFormat, ...folder: readonly string[]) =>
  parts.map((split) => ({ path: [...folder, `${split}.tsv`], format, split }));

const mintrecFields: Pick<CorpusLayout, 'subtitle' | 'targets'> = {
  subtitle: '{text}',
  targets: [{ task: 'mir', label: '{intent}', labels: labelSets.mintrec }],
};

export const mintrec: Corpus = {
  name: 'mintrec',
  title: 'MIntRec',
  splits: parts,
  licence: 'MIT (annotation); clips from a TV series',
  modalityMode: defaultModalityMode,
  candidates: labelSets.mintrec,
  layouts: [
    {
      expects: 'train.tsv, dev.tsv, test.tsv with the columns clip, text, intent; video/S04_E01_0.mp4',
      files: filesOf(tsv('clip', 'text', 'intent')),
      id: '{clip}',
      media: { video: ['video/{clip}.mp4'], audio: ['audio/{clip}.wav', 'video/{clip}.mp4'] },
      ...mintrecFields,
    },
    {
      expects:
        'train.tsv, dev.tsv, test.tsv with season, episode, clip, text, intent in this order; raw_data/S04/E01/0.mp4',
      files: filesOf(tsvByPosition('season', 'episode', 'clip', 'text', 'intent')),
      id: '{season}_{episode}_{clip}',
      media: {
        video: ['raw_data/{season}/{episode}/{clip}.mp4', 'video/{season}_{episode}_{clip}.mp4'],
        audio: ['raw_data/{season}/{episode}/{clip}.mp4', 'audio/{season}_{episode}_{clip}.wav'],
      },
      ...mintrecFields,
    },
  ],
};

/** Utterances outside the thirty intents, in copies that carry them along. */
const outOfScope = ['unk', 'oos', 'out-of-scope'];

/** The published code and the paper's tables word one intent each way. */
const mintrec2Words = { 'ask for opinions': 'asking for opinions', apologize: 'apologise' };

const mintrec2Fields: Pick<CorpusLayout, 'subtitle' | 'targets'> = {
  subtitle: '{text}',
  targets: [{ task: 'mir', label: '{intent}', labels: labelSets.mintrec2, map: mintrec2Words, ignore: outOfScope }],
};

const mintrec2Clip = 'dia{dialogue}_utt{utterance}';
const mintrec2ByPosition = tsvByPosition('dialogue', 'utterance', 'text', 'intent');

export const mintrec2: Corpus = {
  name: 'mintrec2',
  title: 'MIntRec2.0',
  splits: parts,
  licence: 'CC BY-NC-SA 4.0',
  modalityMode: defaultModalityMode,
  candidates: labelSets.mintrec2,
  layouts: [
    {
      expects: 'train.tsv, dev.tsv, test.tsv with the columns clip, text, intent; video/dia0_utt0.mp4',
      files: filesOf(tsv('clip', 'text', 'intent')),
      id: '{$split}/{clip}',
      media: { video: ['video/{clip}.mp4'], audio: ['audio/{clip}.wav', 'video/{clip}.mp4'] },
      ...mintrec2Fields,
    },
    ...([['in-scope'], []] as const).map((folder) => ({
      expects: `${[...folder, 'train.tsv'].join('/')}, dev.tsv, test.tsv with dialogue, utterance, text, intent in this order`,
      files: filesOf(mintrec2ByPosition, ...folder),
      id: `{$split}/${mintrec2Clip}`,
      media: {
        video: [[...folder, 'raw_data', `${mintrec2Clip}.mp4`].join('/'), `video/${mintrec2Clip}.mp4`],
        audio: [[...folder, 'raw_data', `${mintrec2Clip}.mp4`].join('/'), `audio/${mintrec2Clip}.wav`],
      },
      ...mintrec2Fields,
    })),
  ],
};
