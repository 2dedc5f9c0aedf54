import { labelSets } from '../../labels/label-sets';
import { defaultModalityMode } from '../../prompt/modality-modes';
import type { Corpus, Join, RecordFormat } from '../corpus';
import { csv } from './formats';

/** Data sets of one emotion per clip on which the field compares itself. */

/** Words of the clips in both languages; the published system reads the English ones, and for MER2024 the Chinese. */
const wordsIn = (path: RegExp, column: string): Join => ({
  as: 'words',
  path: [path],
  format: csv('name', column),
  key: '{name}',
  on: '{name}',
  required: 'none',
});

const discrete = (labels: readonly string[]) => [{ task: 'mer', label: '{discrete}', labels }] as const;

const mer2023Labels = csv('name', 'discrete');

export const mer2023: Corpus = {
  name: 'mer2023',
  title: 'MER2023',
  splits: ['train', 'test', 'test2', 'test3'],
  licence: 'research only, by agreement',
  modalityMode: defaultModalityMode,
  candidates: labelSets.mer2023,
  layouts: [
    {
      expects:
        'mer2023train/train-label.csv (name, discrete), test-labels/test1-label.csv and further; transcription-engchi-polish.csv (name, chinese, english)',
      files: [
        {
          path: ['mer2023train', 'train-label.csv'],
          format: mer2023Labels,
          split: 'train',
          media: {
            video: ['mer2023train/train/{name}.avi', 'mer2023train/train/{name}.mp4'],
            audio: ['audio/{name}.wav'],
          },
        },
        ...(
          [
            ['test', 'test1', 'avi'],
            ['test2', 'test2', 'mp4'],
            ['test3', 'test3', 'mp4'],
          ] as const
        ).map(([split, part, extension]) => ({
          path: [/^(?:mer2023-)?test-labels$/, `${part}-label.csv`],
          format: mer2023Labels,
          split,
          media: {
            video: [`mer2023test1&2/${part}/{name}.${extension}`, `${part}/{name}.${extension}`],
            audio: ['audio/{name}.wav'],
          },
        })),
      ],
      joins: [wordsIn(/^transcription-engchi-polish\.csv$/, 'english')],
      id: '{$split}/{name}',
      subtitle: '{words.english}',
      targets: discrete(labelSets.mer2023),
    },
  ],
};

export const mer2024: Corpus = {
  name: 'mer2024',
  title: 'MER2024',
  splits: ['train', 'test', 'noise'],
  licence: 'research only, by agreement',
  modalityMode: defaultModalityMode,
  candidates: labelSets.mer2024,
  layouts: [
    {
      expects:
        'label-disdim.csv (name, discrete), reference-semi.csv, reference-noise.csv; video-labeled/; label-transcription.csv or transcription_merge.csv (name, chinese)',
      files: [
        {
          path: ['label-disdim.csv'],
          format: csv('name', 'discrete'),
          split: 'train',
          media: { video: ['video-labeled/{name}.mp4', 'video/{name}.mp4'], audio: ['audio/{name}.wav'] },
        },
        ...(
          [
            ['test', 'semi'],
            ['noise', 'noise'],
          ] as const
        ).map(([split, track]) => ({
          path: [`reference-${track}.csv`],
          format: csv('name', 'discrete'),
          split,
          media: {
            video: ['video-unlabeled/{name}.mp4', `MER2024_${track}/{name}.mp4`, 'video/{name}.mp4'],
            audio: ['audio/{name}.wav'],
          },
        })),
      ],
      joins: [wordsIn(/^(?:label-transcription|transcription_merge)\.csv$/, 'chinese')],
      id: '{$split}/{name}',
      subtitle: '{words.chinese}',
      targets: discrete(labelSets.mer2024),
    },
  ],
};

const meldTable = csv('Utterance', 'Speaker', 'Emotion', 'Sentiment', 'Dialogue_ID', 'Utterance_ID');
const meldClips = { train: 'train_splits', dev: 'dev_splits_complete', test: 'output_repeated_splits_test' } as const;

export const meld: Corpus = {
  name: 'meld',
  title: 'MELD',
  splits: ['train', 'dev', 'test'],
  licence: 'GPL-3.0 (annotation); clips from a TV series',
  modalityMode: defaultModalityMode,
  candidates: labelSets.meld,
  layouts: [
    {
      expects: 'train_sent_emo.csv, dev_sent_emo.csv, test_sent_emo.csv; train_splits/dia0_utt0.mp4 and so on',
      files: (['train', 'dev', 'test'] as const).map((split) => ({
        path: [`${split}_sent_emo.csv`],
        format: meldTable,
        split,
        media: {
          video: [
            `${meldClips[split]}/dia{Dialogue_ID}_utt{Utterance_ID}.mp4`,
            `${split}/${meldClips[split]}/dia{Dialogue_ID}_utt{Utterance_ID}.mp4`,
          ],
        },
      })),
      id: '{$split}/dia{Dialogue_ID}_utt{Utterance_ID}',
      subtitle: '{Utterance}',
      speaker: '{Speaker}',
      targets: [{ task: 'mer', label: '{Emotion}', labels: labelSets.meld }],
    },
  ],
};

/** `[6.29 - 8.24]⇥Ses01F_impro01_F000⇥neu⇥[2.5, 2.5, 2.5]`; the other lines are a header and single raters. */
const iemocapLine: RecordFormat = {
  kind: 'lines',
  pattern:
    /^\[[\d. -]+\]\t(?<utterance>(?<dialog>Ses\d\d[FM]_\w+)_(?<sex>[FM])\d+)\t(?<emotion>\w+)\t\[[\d., -]+\]\s*$/,
  ignore: /^(?:%|[CA]-)/,
};

export const iemocap4: Corpus = {
  name: 'iemocap',
  title: 'IEMOCAP, four classes',
  splits: ['train', 'test'],
  licence: 'research only, by agreement',
  modalityMode: defaultModalityMode,
  candidates: labelSets.iemocap4,
  layouts: [
    {
      expects:
        'Session1…5/dialog/EmoEvaluation/Ses01F_impro01.txt, Session1…5/dialog/transcriptions/Ses01F_impro01.txt, Session1…5/sentences/wav/',
      files: [
        {
          path: [/^Session(?<session>[1-5])$/, 'dialog', 'EmoEvaluation', /^Ses\w+\.txt$/],
          format: iemocapLine,
        },
      ],
      joins: [
        {
          as: 'words',
          path: [/^Session[1-5]$/, 'dialog', 'transcriptions', /^Ses\w+\.txt$/],
          format: { kind: 'lines', pattern: /^(?<utterance>Ses\w+) \[[\d. -]+\]: ?(?<text>.*)$/ },
          key: '{utterance}',
          on: '{utterance}',
          required: 'none',
        },
      ],
      split: { value: '{session}', names: { 5: 'test' }, otherwise: 'train' },
      id: '{utterance}',
      subtitle: '{words.text}',
      speaker: 'Ses0{session}{sex}',
      // The film of a dialogue shows both speakers and all turns: there is no clip of one utterance in the release.
      media: { audio: ['Session{session}/sentences/wav/{dialog}/{utterance}.wav'] },
      targets: [
        {
          task: 'mer',
          label: '{emotion}',
          labels: labelSets.iemocap4,
          map: { ang: 'anger', hap: 'happy', exc: 'happy', sad: 'sad', neu: 'neutral' },
          ignore: ['fru', 'sur', 'fea', 'dis', 'oth', 'xxx'],
        },
      ],
    },
  ],
};
