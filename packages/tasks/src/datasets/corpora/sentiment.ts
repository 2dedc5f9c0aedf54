import { defaultModalityMode } from '../../prompt/modality-modes';
import type { Corpus } from '../corpus';
import { csv, splitNames } from './formats';

/** Data sets of sentiment strength, all in the one layout that their users have settled on. */
function sentimentCorpus(name: string, title: string, range: number, licence: string, tables = ['label.csv']): Corpus {
  return {
    name,
    title,
    splits: ['train', 'dev', 'test'],
    licence,
    modalityMode: defaultModalityMode,
    layouts: tables.map((table) => ({
      expects: `${table} (video_id, clip_id, text, label from -${range} to ${range}, mode train/valid/test); Raw/<video_id>/<clip_id>.mp4`,
      files: [{ path: [table], format: csv('video_id', 'clip_id', 'text', 'label', 'mode') }],
      split: { value: '{mode}', names: splitNames },
      id: '{video_id}/{clip_id}',
      subtitle: '{text}',
      // Copies differ in whether clip numbers have four digits.
      media: { video: ['Raw/{video_id}/{clip_id}.mp4', 'Raw/{video_id}/{clip_id:4}.mp4'] },
      targets: [{ task: 'msa', valence: '{label}', range }],
    })),
  };
}

export const cmuMosi = sentimentCorpus('cmu-mosi', 'CMU-MOSI', 3, 'research only');
export const cmuMosei = sentimentCorpus('cmu-mosei', 'CMU-MOSEI', 3, 'research only');
export const chSims = sentimentCorpus('ch-sims', 'CH-SIMS', 1, 'research only');
export const chSimsV2 = sentimentCorpus('ch-sims-v2', 'CH-SIMS v2', 1, 'research only', ['meta.csv', 'label.csv']);
