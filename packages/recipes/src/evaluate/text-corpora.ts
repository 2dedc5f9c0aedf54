import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dialogue } from '@nano-emox/tasks';
import { InvalidFileError } from '@nano-emox/tensor-contract';
import { cleanText } from '../data/clean-text';
import { dataFile } from '../data/data-sets';
import type { EmotionClass } from '../data/emotion-words';
import { isHeldOutText } from '../data/task-texts';

/** Texts of a corpus that the recipe trains no language model on. */
export interface HeldOutTexts<Label> {
  readonly items: readonly { readonly id: string; readonly text: string; readonly label: Label }[];
  /** Which part that is. */
  readonly split: string;
}

/** GoEmotions grouped as by Demszky et al. (2020), appendix: Ekman's six and neutral, here by our names of the seven. */
const ekmanGroups: Readonly<Record<EmotionClass, readonly string[]>> = {
  anger: ['anger', 'annoyance', 'disapproval'],
  disgust: ['disgust'],
  fear: ['fear', 'nervousness'],
  happy: [
    ...['joy', 'amusement', 'approval', 'excitement', 'gratitude', 'love', 'optimism', 'relief', 'pride'],
    ...['admiration', 'desire', 'caring'],
  ],
  sad: ['sadness', 'disappointment', 'embarrassment', 'grief', 'remorse'],
  surprise: ['surprise', 'realization', 'confusion', 'curiosity'],
  neutral: ['neutral'],
};
const ekmanOf = new Map(
  Object.entries(ekmanGroups).flatMap(([group, members]) => members.map((name) => [name, group as EmotionClass])),
);

/** Comments with one or more of the seven classes. @throws MissingFileError, InvalidFileError */
export async function heldOutGoEmotions(dataFolder: string): Promise<HeldOutTexts<readonly EmotionClass[]>> {
  const folder = 'text/goemotions';
  const names = (await readFile(dataFile(dataFolder, `${folder}/labels.txt`), 'utf8')).split(/\s+/);
  return heldOut(dataFolder, folder, ['train.tsv', 'dev.tsv'], ([text = '', numbers = '']) => {
    const label = numbers.split(',').map((number) => ekmanOf.get(names[Number(number)] ?? ''));
    if (label.includes(undefined)) throw unknownLabel(folder, numbers);
    return { text, label: [...new Set(label as EmotionClass[])] };
  });
}

/** Utterances with one of twenty intents. @throws MissingFileError */
export function heldOutMintrec(dataFolder: string): Promise<HeldOutTexts<string>> {
  return heldOut(dataFolder, 'text/mintrec', ['train.tsv'], ([, text = '', intent = '']) =>
    intent === 'intent' ? undefined : { text, label: intent.toLowerCase() },
  );
}

type ReadFields<Label> = (fields: readonly string[]) => { readonly text: string; readonly label: Label } | undefined;

/** The official test part where it is there; else those texts of the other parts that the recipe keeps for validation. */
async function heldOut<Label>(
  dataFolder: string,
  folder: string,
  parts: readonly string[],
  read: ReadFields<Label>,
): Promise<HeldOutTexts<Label>> {
  const hasTest = existsSync(join(dataFolder, folder, 'test.tsv'));
  const names = hasTest ? ['test.tsv'] : parts;
  const files = await Promise.all(names.map((name) => readFile(dataFile(dataFolder, `${folder}/${name}`), 'utf8')));
  const lines = files.flatMap((file) => file.split(/\r?\n/)).filter((line) => line !== '');
  const items = lines.flatMap((line, index) => {
    const item = read(line.split('\t'));
    return item ? [{ ...item, id: `${folder}:${index}`, text: cleanText(item.text) ?? item.text }] : [];
  });
  return hasTest
    ? { items, split: 'test' }
    : { items: items.filter(({ text }) => isHeldOutText(text)), split: `held-out texts of ${parts.join(', ')}` };
}

/** A conversation and what its speaker feels. */
export interface FeltDialogue {
  readonly id: string;
  readonly dialogue: Dialogue;
  readonly emotion: string;
}

const dialoguesFile = 'text/empathetic-dialogues/dev.jsonl';

/** The conversations of EmpatheticDialogues (dev), each up to the last words of the speaker. @throws MissingFileError, InvalidFileError */
export async function readDialogues(dataFolder: string): Promise<FeltDialogue[]> {
  const path = dataFile(dataFolder, dialoguesFile);
  const lines = (await readFile(path, 'utf8')).split(/\r?\n/).filter((line) => line !== '');
  const stages = lines.map((line) => parseStage(line, path));
  // A conversation is written once for each of its turns; the last time it is whole.
  const whole = stages.filter(({ dialog }, index) => {
    const next = stages[index + 1]?.dialog;
    return !(next && next.length > dialog.length && next[0] === dialog[0]);
  });
  return whole.map(({ dialog, emotion }, index) => {
    const turns = dialog.map((utterance, turn) => ({ role: turn % 2 === 0 ? 'speaker' : 'listener', utterance }));
    const last = turns.findLastIndex(({ role }) => role === 'speaker');
    return {
      id: `dialogue-${index}`,
      emotion,
      dialogue: { history: turns.slice(0, last), input: turns[last]?.utterance ?? '' },
    };
  });
}

function parseStage(line: string, path: string): { readonly dialog: readonly string[]; readonly emotion: string } {
  try {
    const stage = JSON.parse(line) as { dialog?: unknown; emotion?: unknown };
    if (Array.isArray(stage.dialog) && stage.dialog.length > 0 && typeof stage.emotion === 'string') {
      return { dialog: stage.dialog.map(String), emotion: stage.emotion };
    }
  } catch {
    // said below
  }
  throw new InvalidFileError({
    message: `${path} has a line that is no conversation`,
    hint: 'Every line is { "dialog": ["…"], "emotion": "…" }.',
    path,
  });
}

const unknownLabel = (path: string, label: string) =>
  new InvalidFileError({
    message: `${path} has the label ${label}, which is not known`,
    hint: 'Use the files as published.',
    path,
  });
