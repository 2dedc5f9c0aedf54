import { Random as ScriptRandom, sampleScript } from '@nano-emox/clip-renderer';
import { type AnyTaskId, allTaskIds, defaultModalityMode, labelSets } from '@nano-emox/tasks';
import type { PromptSegment } from '@nano-emox/tensor-contract';
import { type Answers, actedTargets, affectTargets, answersOf, noticedTarget, textTargets } from './answers';
import { sampleDialogue } from './dialogues';
import { contentFraction } from './hash-split';
import type { RenderedTruth } from './rendered';
import { type LabelledText, readTextSets, type TextSource } from './text-sets';
import { describedPrompt, tinyPrompt } from './tiny-prompt';

/** Where a text comes from: a corpus, a script alone, a conversation around either, or a rendered clip described in words. */
export type TaskTextSource = TextSource | 'script' | 'dialogue' | 'clip';

/** One question and its answer, text only. */
export interface TaskText {
  /** `source:number:task`, unique. */
  readonly id: string;
  readonly task: AnyTaskId;
  readonly source: TaskTextSource;
  /** What is said, where words are all there is. */
  readonly words?: string;
  /** Ends in the assistant marker. */
  readonly segments: readonly PromptSegment[];
  /** What the model writes, with the stop text `###` behind it: the text that carries the loss. */
  readonly answer: string;
  /** What is balanced: class, first word, polarity or intent. */
  readonly label: string;
}

/** Training and validation texts. Equal utterances are on the same side, whatever their source. */
export interface TaskTexts {
  readonly train: readonly TaskText[];
  readonly validation: readonly TaskText[];
}

/** Options of {@link loadTaskTexts}. */
export interface LoadTaskTextsOptions {
  /** Where the corpora lie. @default none: scripts and clips alone */
  readonly dataFolder?: string;
  /** Corpora to read. @default all five */
  readonly sources?: readonly TextSource[];
  /** Truths of the rendered training clips, for questions in which words describe face and voice. @default none */
  readonly clips?: readonly RenderedTruth[];
  /** Scripts drawn for questions on words alone. @default 6000 */
  readonly scriptCount?: number;
  /** @default 1 */
  readonly seed?: number;
  /** @default 0.04 */
  readonly validationShare?: number;
}

/**
 * Questions of the six tasks, and of the five on text alone: the corpora give emotion, sentiment and intent; what the project's own
 * scripts and clips tell gives all six. Takes a few seconds and is not cached.
 * @throws MissingFileError without a corpus
 */
export async function loadTaskTexts(options: LoadTaskTextsOptions = {}): Promise<TaskTexts> {
  const { seed = 1, scriptCount = 6000, clips = [], dataFolder, sources } = options;
  const texts = dataFolder === undefined ? [] : await readTextSets(dataFolder, sources);
  const corpora = texts.map((item): Utterance => {
    const { source, text, emotion } = item;
    const asked = askedEmotion(item, seed);
    const targets = [
      ...textTargets(item),
      ...affectTargets(item, asked),
      ...(emotion ? [noticedTarget(text, emotion)] : []),
    ];
    return { source, text, answers: answersOf(targets), prompt: onWords(text, asked) };
  });
  const scripts = scriptUtterances(scriptCount, seed);
  const dialogues = [...everyNth(corpora, 8), ...everyNth(scripts, 2)].map((item) => dialogueUtterance(item, seed));
  const utterances = [
    ...corpora,
    ...scripts,
    ...dialogues.filter(({ answers }) => answers.erg !== undefined),
    ...clips.map(clipUtterance),
  ];
  const parts = { train: [] as TaskText[], validation: [] as TaskText[] };
  utterances.forEach((utterance, index) => {
    const part = isHeldOutText(utterance.text, options) ? 'validation' : 'train';
    parts[part].push(...questionsOf(utterance, index));
  });
  return parts;
}

/** Whether {@link loadTaskTexts} keeps a text for validation. It depends on the words alone, however they are spelt. */
export function isHeldOutText(
  text: string,
  { seed = 1, validationShare = 0.04 }: Pick<LoadTaskTextsOptions, 'seed' | 'validationShare'> = {},
): boolean {
  return contentFraction(spokenKey(text), seed) < validationShare;
}

interface Utterance {
  readonly source: TaskTextSource;
  readonly text: string;
  readonly answers: Answers;
  readonly prompt: (task: AnyTaskId) => PromptSegment[];
}

const onWords = (subtitle: string, emotion?: string) => (task: AnyTaskId) =>
  tinyPrompt(task, { mode: 'textonly', subtitle, ...(emotion !== undefined && { emotion }) });

/** What intensity is asked of: every other time something that shows, else anything, so that zeros are learnt, too. */
function askedEmotion({ text, levels = {} }: LabelledText, seed: number): string {
  const random = new ScriptRandom(`asked-${seed}-${text}`);
  const shown = labelSets.semeval2018Intensity.filter((emotion) => (levels[emotion] ?? 0) > 0);
  const asked = shown.length > 0 && random.uniform(0, 1) < 0.5 ? shown : labelSets.semeval2018Intensity;
  return asked[Math.floor(random.uniform(0, 1) * asked.length)] as string;
}

/** What two spellings of one utterance have in common. */
const spokenKey = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

function questionsOf({ source, text, answers, prompt }: Utterance, index: number): TaskText[] {
  const words = source === 'clip' || source === 'dialogue' ? {} : { words: text };
  return allTaskIds.flatMap((task) => {
    const answer = answers[task];
    if (answer === undefined) return [];
    const label = labelOf(task, answer, answers);
    return [{ id: `${source}:${index}:${task}`, task, source, ...words, segments: prompt(task), answer, label }];
  });
}

/** The class where one is known, else the part of the answer that decides. */
function labelOf(task: AnyTaskId, answer: string, answers: Answers): string {
  if (task === 'mir' || task === 'eiReg' || task === 'eiOc' || task === 'vOc') return answer;
  if (task === 'vReg') return /0\.\d/.exec(answer)?.[0] ?? answer;
  if (task === 'eC') return /emotions are (\w+)/.exec(answer)?.[1] ?? answer;
  if (task === 'msa') return /sentiment is (\w+)/.exec(answer)?.[1] ?? answer;
  return answers.mer ?? /(?:feels|Emotion:) ([^,.\n]+)/.exec(answer)?.[1] ?? answer;
}

/** Scripts whose words show the emotion; the same line may come back with other names and things. */
function scriptUtterances(count: number, seed: number): Utterance[] {
  return Array.from({ length: count }, (_, index) => {
    const random = new ScriptRandom(`task-texts-${seed}-${index}`);
    const emotion = labelSets.sevenEmotions[index % labelSets.sevenEmotions.length] as RenderedTruth['emotion'];
    const script = sampleScript(emotion, random.fork('script'), { intensity: random.uniform(0.45, 1) });
    return {
      source: 'script',
      text: script.text,
      answers: answersOf(actedTargets({ emotion, script })),
      prompt: onWords(script.text),
    };
  });
}

const everyNth = <Item>(items: readonly Item[], step: number) => items.filter((_, index) => index % step === 0);

/** An utterance within a conversation; asked for a response alone, the only task that is asked about conversations in use. */
function dialogueUtterance({ text, answers: { erg } }: Utterance, seed: number): Utterance {
  const dialogue = sampleDialogue(text, new ScriptRandom(`dialogue-${seed}-${text}`));
  return {
    source: 'dialogue',
    text,
    answers: erg === undefined ? {} : { erg },
    prompt: (task) => tinyPrompt(task, { mode: 'textonly', subtitle: '', dialogue }),
  };
}

/** A clip told in words: its clues stand where its soft tokens will stand. */
function clipUtterance(truth: RenderedTruth): Utterance {
  const content = { mode: defaultModalityMode, subtitle: truth.script.text };
  const words = { audio: truth.clues.voice.join(', '), face: truth.clues.face.join(', ') };
  return {
    source: 'clip',
    text: truth.script.text || truth.seed,
    answers: answersOf(actedTargets(truth)),
    prompt: (task) => describedPrompt(task, content, words),
  };
}
