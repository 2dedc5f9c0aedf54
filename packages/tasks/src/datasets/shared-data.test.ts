import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { formatAnswer } from '../answer/answers';
import type { AnyTaskId, AnyTaskValues } from '../task';
import { type CorpusName, corpora } from './corpora';
import type { Corpus } from './corpus';
import { indexDataSet } from './index-data-set';
import { openDataSet } from './open-data-set';
import { tableDataSet } from './table-data-set';

const dataFolder = process.env.NANO_EMOX_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const textFolder = join(dataFolder, 'text');

const emotionsOfTweets = [
  ...[
    'anger',
    'anticipation',
    'disgust',
    'fear',
    'joy',
    'love',
    'optimism',
    'pessimism',
    'sadness',
    'surprise',
    'trust',
  ],
];

const semeval = tableDataSet({
  name: 'semeval2018-ec',
  files: { train: 'E-c-En-train.txt', dev: 'E-c-En-dev.txt' },
  id: '{ID}',
  subtitle: '{Tweet}',
  columns: ['ID', 'Tweet', ...emotionsOfTweets],
  targets: [{ task: 'ovMer', labels: { columns: emotionsOfTweets } }],
  modalityMode: 'textonly',
});

const semevalValence = tableDataSet({
  name: 'semeval2018-voc',
  files: { train: 'Valence-oc-En-train.txt', dev: 'Valence-oc-En-dev.txt' },
  id: '{ID}',
  subtitle: '{Tweet}',
  targets: [{ task: 'msa', valence: '{Intensity Class}', range: 3, pattern: /^(-?\d):/ }],
  modalityMode: 'textonly',
});

const empatheticDialogues = tableDataSet({
  name: 'empathetic-dialogues',
  files: { dev: 'dev.jsonl' },
  id: '{dialog.0}', // the set has no ids
  subtitle: '{dialog}',
  targets: [{ task: 'ovMer', labels: { list: '{emotion}' } }],
  modalityMode: 'textonly',
});

function goEmotions(): Corpus {
  const names = readFileSync(join(textFolder, 'goemotions', 'labels.txt'), 'utf8')
    .trim()
    .split(/\r?\n/);
  return tableDataSet({
    name: 'goemotions',
    files: { train: 'train.tsv', dev: 'dev.tsv' },
    format: { kind: 'delimited', delimiter: '\t', quoted: false, header: 'none', columns: ['text', 'ids', 'id'] },
    id: '{id}',
    subtitle: '{text}',
    targets: [
      {
        task: 'ovMer',
        labels: { list: '{ids}', names: [...names, ...(names.includes('neutral') ? [] : ['neutral'])] },
      },
    ],
    modalityMode: 'textonly',
  });
}

const sets: [folder: string, describe: () => CorpusName | Corpus, rows: Record<string, number>][] = [
  ['mintrec', () => 'mintrec', { train: 1779 }],
  ['mintrec2', () => 'mintrec2', { train: 5644 }],
  ['meld', () => 'meld', { train: 9989, dev: 1109 }],
  ['goemotions', goEmotions, { train: 43_410, dev: 5426 }],
  ['semeval2018', () => semeval, { train: 6838, dev: 886 }],
  ['semeval2018', () => semevalValence, { train: 1181, dev: 449 }],
  ['semeval2018', () => 'semeval2018-e-c', { train: 6838, dev: 886 }],
  ['semeval2018', () => 'semeval2018-v-oc', { train: 1181, dev: 449 }],
  ['empathetic-dialogues', () => empatheticDialogues, { dev: 5734 }],
];

describe.skipIf(!existsSync(textFolder))(`data sets in ${textFolder} (skipped when absent)`, () => {
  it.each(sets)('%s: every row is read, and every answer can be written', async (folder, describeSet, expected) => {
    const counts: Record<string, number> = {};
    for await (const { split, targets, candidates, subtitle } of openDataSet(describeSet(), join(textFolder, folder))) {
      counts[split] = (counts[split] ?? 0) + 1;
      if (!subtitle) throw new Error('a row without words');
      for (const { task, value } of targets) {
        const options = candidates ? { candidates } : {};
        formatAnswer<AnyTaskId>(task, value as AnyTaskValues[AnyTaskId], options);
      }
    }
    expect(counts).toEqual(expected);
  });

  it.each(['mintrec', 'mintrec2'] as const)('%s: has unique ids and every label of its set', async (name) => {
    const indexed = await indexDataSet(name, join(textFolder, name), { split: 'train' });
    const labels = new Set<string>();
    for (let at = 0; at < indexed.length; at++) {
      const [{ value }] = (await indexed.get(at)).targets;
      labels.add('emotion' in value ? value.emotion : 'intent' in value ? value.intent : '');
    }
    await indexed.dispose();
    expect([...labels].sort()).toEqual([...(corpora[name].candidates ?? [])].sort());
  });
});
