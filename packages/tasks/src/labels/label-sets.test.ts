import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { labelSets } from './label-sets';
import { isPlainLabel } from './plain-label';

/** Members as the reference lists them, in its order and notation; kept apart from the constants on purpose. */
const expected: Record<keyof typeof labelSets, string> = {
  sentiment: 'positive, neutral, negative',
  semeval2018Intensity: 'anger, fear, joy, sadness',
  semeval2018: 'anger, anticipation, disgust, fear, joy, love, optimism, pessimism, sadness, surprise, trust',
  sevenEmotions: 'anger, disgust, fear, happy, neutral, sad, surprise',
  caer: 'anger, disgust, fear, happy, neutral, sad, surprise',
  ferv39k: 'anger, disgust, fear, happy, neutral, sad, surprise',
  m3ed: 'anger, disgust, fear, happy, neutral, sad, surprise',
  cremaD: 'anger, disgust, fear, happy, neutral, sad',
  merrFine: 'neutral, sad, angry, happy, worried, surprise, fear, doubt, contempt',
  mer2023: 'happy, angry, worried, sad, surprise, neutral',
  mer2024: 'happy, angry, worried, sad, surprise, neutral',
  meld: 'anger, joy, sadness, neutral, disgust, fear, surprise',
  iemocap4: 'happy, sad, neutral, anger',
  avaMerg:
    'conflicted, sadness, weary, upset, frustrated, disappointment, uneasy, confused, stressed, burdened, worry, nervous, confusion, helpless, overwhelm, surprised, proud, lonely, guilty, hopeful, anxious, nostalgic, content, caring, ashamed',
  mintrec:
    'complain, praise, apologise, thank, criticize, agree, taunt, flaunt, joke, oppose, comfort, care, inform, advise, arrange, introduce, leave, prevent, greet, ask for help',
  mintrec2:
    'acknowledge, advise, agree, apologise, arrange, ask for help, asking for opinions, care, comfort, complain, confirm, criticize, doubt, emphasize, explain, flaunt, greet, inform, introduce, invite, joke, leave, oppose, plan, praise, prevent, refuse, taunt, thank, warn',
};

const sizes = { sentiment: 3, sevenEmotions: 7, cremaD: 6, merrFine: 9, mer2023: 6, meld: 7, iemocap4: 4 };
const largeSizes = { semeval2018Intensity: 4, semeval2018: 11, avaMerg: 25, mintrec: 20, mintrec2: 30 };

describe('labelSets', () => {
  it.each(Object.entries(expected))('%s has exactly the published members', (name, members) => {
    expect(labelSets[name as keyof typeof labelSets]).toEqual(members.split(', '));
  });

  it.each(Object.entries({ ...sizes, ...largeSizes }))('%s has %i labels', (name, size) => {
    expect(labelSets[name as keyof typeof labelSets]).toHaveLength(size);
  });

  it.each(Object.entries(labelSets))('%s is frozen, without repeats, and fit for answers', (_name, labels) => {
    expect(Object.isFrozen(labels)).toBe(true);
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels.every(isPlainLabel)).toBe(true);
  });
});

const dataFolder = process.env.NANO_EMOX_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));

describe.skipIf(!existsSync(dataFolder))(`label sets against the annotations in ${dataFolder}`, () => {
  it.each([
    ['mintrec', 'text/mintrec/train.tsv', 1779],
    ['mintrec2', 'text/mintrec2/train.tsv', 5644],
  ] as const)('%s: the training split uses every label and no other', (name, file, rows) => {
    const lines = readFileSync(`${dataFolder}/${file}`, 'utf8').trim().split('\n').slice(1);
    const used = new Set(lines.map((line) => line.split('\t')[2]?.trim().toLowerCase()));
    expect(lines).toHaveLength(rows);
    expect([...used].sort()).toEqual([...labelSets[name]].sort());
  });

  it('meld: the training split uses every label and no other', () => {
    const table = readFileSync(`${dataFolder}/text/meld/train_sent_emo.csv`, 'utf8');
    const used = new Set(
      [...table.matchAll(/,(\w+),(?:positive|neutral|negative),\d+,\d+,/g)].map((match) => match[1]),
    );
    expect([...used].sort()).toEqual([...labelSets.meld].sort());
  });
});
