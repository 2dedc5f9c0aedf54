import { labelSets } from '../../labels/label-sets';
import { defaultModalityMode } from '../../prompt/modality-modes';
import type { Corpus, CorpusLayout, Join } from '../corpus';
import { csv } from './formats';

/** Data sets of free labels and descriptions. */

const clipMedia = {
  video: ['video/{name}.mp4', 'video/video/{name}.mp4', 'video/{name}.avi'],
  audio: ['audio/{name}.wav', 'audio/audio/{name}.wav'],
};

const subtitles: Join = {
  as: 'words',
  path: ['subtitle_chieng.csv'],
  format: csv('name', 'english'),
  key: '{name}',
  on: '{name}',
  required: 'none',
};

/** The two sets of MER2025: labels in one table, descriptions in a second, words of all clips in a third. */
function mer2025Layout(set: string, split: string): CorpusLayout {
  return {
    expects: `track2_train_${set}.csv (name, openset), track3_train_${set}.csv (name, reason), subtitle_chieng.csv (name, chinese, english)`,
    files: [{ path: [`track2_train_${set}.csv`], format: csv('name', 'openset'), split }],
    joins: [
      {
        as: 'description',
        path: [`track3_train_${set}.csv`],
        format: csv('name', 'reason'),
        key: '{name}',
        on: '{name}',
        required: 'record',
      },
      subtitles,
    ],
    id: '{name}',
    subtitle: '{words.english}',
    media: clipMedia,
    targets: [
      { task: 'ovMer', labels: { list: '{openset}' } },
      { task: 'eri', reason: '{description.reason}', emotions: { list: '{openset}' } },
    ],
  };
}

export const merCaptionPlus: Corpus = {
  name: 'mer-caption-plus',
  title: 'MER-Caption+',
  splits: ['train'],
  licence: 'research only, by agreement',
  modalityMode: defaultModalityMode,
  layouts: [mer2025Layout('mercaptionplus', 'train')],
};

export const ovMerd: Corpus = {
  name: 'ov-merd',
  title: 'OV-MERD',
  splits: ['test'],
  licence: 'research only, by agreement',
  modalityMode: defaultModalityMode,
  layouts: [mer2025Layout('ovmerd', 'test')],
};

export const emer: Corpus = {
  name: 'emer',
  title: 'EMER',
  splits: ['test'],
  licence: 'research only, by agreement',
  modalityMode: defaultModalityMode,
  layouts: (['gt-eng.csv', 'gt-chi.csv'] as const).map((file) => ({
    expects: `${file} (names, subtitles, reasons; emotions if known)`,
    files: [{ path: [file], format: csv('names', 'subtitles', 'reasons'), split: 'test' }],
    id: '{names}',
    subtitle: '{subtitles}',
    media: { video: ['video/{names}.mp4', 'video/{names}.avi'], audio: ['audio/{names}.wav'] },
    targets: [{ task: 'eri', reason: '{reasons}', emotions: { list: '{emotions}' } }],
  })),
};

const merrMedia = { video: ['video/{$0}.mp4', 'test3/{$0}.mp4', 'video/{$0}.avi'], audio: ['audio/{$0}.wav'] };

export const merrFine: Corpus = {
  name: 'merr-fine',
  title: 'MERR, fine-grained',
  splits: ['train'],
  licence: 'research only, by agreement',
  modalityMode: defaultModalityMode,
  layouts: [
    {
      expects: 'MERR_fine_grained.json: { sample: { pseu_emotion, text, smp_reason_caption, … } }',
      files: [{ path: ['MERR_fine_grained.json'], format: { kind: 'json', depth: 1 }, split: 'train' }],
      id: '{$0}',
      subtitle: '{text}',
      media: merrMedia,
      targets: [{ task: 'eri', reason: '{smp_reason_caption}', emotions: { list: '{pseu_emotion}' } }],
    },
  ],
};

export const merrCoarse: Corpus = {
  name: 'merr-coarse',
  title: 'MERR, coarse-grained',
  splits: ['train'],
  licence: 'research only, by agreement',
  modalityMode: defaultModalityMode,
  candidates: labelSets.merrFine,
  layouts: [
    {
      expects: 'MERR_coarse_grained.json: { sample: { caption } }, MERR_coarse_grained.txt: sample, frames, emotion',
      files: [{ path: ['MERR_coarse_grained.json'], format: { kind: 'json', depth: 1 }, split: 'train' }],
      joins: [
        {
          as: 'label',
          path: ['MERR_coarse_grained.txt'],
          format: { kind: 'lines', pattern: /^(?<sample>\S+)[ \t]+\S+[ \t]+(?<emotion>\S+)\s*$/ },
          key: '{sample}',
          on: '{$0}',
          required: 'none',
        },
      ],
      id: '{$0}',
      subtitle: '{text}',
      media: merrMedia,
      targets: [
        { task: 'eri', reason: '{caption}', emotions: { list: '{label.emotion}' } },
        { task: 'mer', label: '{label.emotion}', labels: labelSets.merrFine, optional: true },
      ],
    },
  ],
};
