import {
  alignTeacher,
  answerVectors,
  type DistillationHead,
  type DistilledHead,
  distillHead,
  type LabelledGateInputs,
  NetworkTeacher,
  PerceptionHead,
  type TeacherBatch,
  trainGate,
} from '@nano-emox/distillation';
import type { Executor } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { labelSets } from '@nano-emox/tasks';
import { type FloatTensor, InvalidArgumentError, type RunOptions } from '@nano-emox/tensor-contract';
import { NanoEmoX } from 'nano-emox';
import { readModelConfig } from '../train/train-on-corpora';
import type { TrainedPerceptionHead, TrainPerceptionHeadOptions } from './perception-options';
import { featuresOf, type PerceptionPart, type PerceptionRow, perceptionRows } from './perception-rows';
import { spokenWords } from './spoken-words';
import { writeModelWithHead } from './write-model';

/**
 * A gate has a hundred weights and few rows to learn from. It takes longer strides than a head, and more of them; and it reads
 * probabilities, which bound the sway of a head that learnt little: with raw logits such a head spoilt good words.
 */
const gateRecipe = { headForm: 'softmax', epochs: 100, learningRate: 3e-2 } as const;
/** Rows that a teacher sees at once. */
const TEACHER_ROWS = 256;

/**
 * Gives a model a perception head: a classifier on one of its frozen encoders, distilled from a teacher or learnt from labels, and
 * a gate that weighs it against the model's own answers to clips that the head did not learn from. Both are calibrated. Nothing
 * else of the model changes.
 * @param modelFolder a model that `NanoEmoX.save` or a training wrote
 * @throws InvalidArgumentError (clips of a test part, too few clips or readable answers, a teacher of other classes), InvalidConfigError,
 *   MissingFileError, InvalidFileError, NonFiniteError, AbortedError; what the sources throw
 * @example
 * const { modelFolder, accuracy } = await trainPerceptionHead('./model', { sources, folder: './model-with-head' });
 * console.log(accuracy); // { word: 0.61, head: 0.58, decided: 0.67 }
 */
export async function trainPerceptionHead(
  modelFolder: string,
  options: TrainPerceptionHeadOptions,
): Promise<TrainedPerceptionHead> {
  const { folder, reads = 'face', classes = labelSets.sevenEmotions, seed = 1, heldOutShare = 0.3 } = options;
  const { device, threads, signal } = options;
  const config = await readModelConfig(modelFolder);
  const featureDim = { face: config.faceEncoder.headWidth, scene: config.sceneEncoder.hidden }[reads];
  const rows = await perceptionRows({ ...options, reads, classes, seed, heldOutShare, featureDim });
  const parts = { head: partOf(rows, 'head'), gate: partOf(rows, 'gate'), check: partOf(rows, 'check') };
  const executor = await openExecutor({ ...(device && { device }), ...(threads && { threads }) });
  const opened: { dispose(): Promise<void> }[] = [executor];
  const keep = <Part extends { dispose(): Promise<void> }>(part: Part): Part => {
    opened.unshift(part);
    return part;
  };
  const shared = { classes, seed, executor, ...(signal && { signal }) };
  try {
    const { head, ...headReport } = await trainHead(parts.head, options, shared);
    keep(head);
    const model = keep(await NanoEmoX.fromPretrained(modelFolder, { executor }));
    const gateRows = await heardRows(parts.gate, model, head, classes, options);
    const checkRows = await heardRows(parts.check, model, head, classes, options);
    const { gate, ...gateReport } = await trainGate({
      ...gateRecipe,
      ...options.gate,
      ...gateRows.read,
      validation: checkRows.read,
      ...shared,
      onEvent: (event) => options.onEvent?.({ part: 'gate', ...event }),
    });
    const perception = keep(await PerceptionHead.fromParts(reads, head, keep(gate), { executor }));
    const accuracy = await accuracyOf(perception, parts.check, checkRows.words);
    await writeModelWithHead(modelFolder, folder, config, perception);
    const unread = [...gateRows.words, ...checkRows.words].filter((word) => word === undefined).length;
    const counts = { head: parts.head.length, gate: parts.gate.length, check: parts.check.length, unread };
    return { modelFolder: folder, rows: counts, head: headReport, gate: gateReport, accuracy };
  } finally {
    for (const part of opened) await part.dispose();
  }
}

/** What both trainings are told. */
interface SharedOptions extends RunOptions {
  readonly classes: readonly string[];
  readonly seed: number;
  readonly executor: Executor;
}

async function trainHead(
  rows: readonly PerceptionRow[],
  { teacher, align, head, onEvent }: TrainPerceptionHeadOptions,
  shared: SharedOptions,
): Promise<DistilledHead> {
  const { classes, signal } = shared;
  const features = featuresOf(rows);
  const ids = rows.map(({ id }) => id);
  const table = teacher instanceof NetworkTeacher ? await teacher.table(batchesOf(features, ids), { signal }) : teacher;
  return distillHead({
    ...head,
    features,
    labels: rows.map(({ label }) => label),
    ...shared,
    ...(table ? { teacherLogits: alignTeacher(table, { ...align, classes, ids }) } : { alpha: 0 }),
    onEvent: (event) => onEvent?.({ part: 'head', ...event }),
  });
}

/** What head and language model say about held-out clips: the words of all, and those that could be read as rows for a gate. */
async function heardRows(
  rows: readonly PerceptionRow[],
  model: NanoEmoX,
  head: DistillationHead,
  classes: readonly string[],
  { cacheFolder, signal, onEvent }: TrainPerceptionHeadOptions,
): Promise<{ readonly words: readonly (string | undefined)[]; readonly read: LabelledGateInputs }> {
  const words = await spokenWords(rows, { model, classes, cacheFolder, signal, onEvent });
  const kept = rows.filter((_, row) => words[row] !== undefined);
  requireWords(kept.length, rows.length);
  const read = {
    headLogits: await head.logits(featuresOf(kept), { signal }),
    answer: answerVectors(
      words.filter((word) => word !== undefined),
      classes,
    ),
    labels: kept.map(({ label }) => label),
  };
  return { words, read };
}

/** Rows as a network reads them, `[rows, 1, featureDim]`, some at a time. */
function* batchesOf({ dims, data }: FloatTensor, ids: readonly string[]): Generator<TeacherBatch> {
  const [count, width] = dims as [number, number];
  for (let start = 0; start < count; start += TEACHER_ROWS) {
    const end = Math.min(count, start + TEACHER_ROWS);
    const input = {
      type: 'float32',
      dims: [end - start, 1, width],
      data: data.slice(start * width, end * width),
    } as const;
    yield { input, ids: ids.slice(start, end) };
  }
}

/** Shares of right answers: of the word alone, where one that could not be read is wrong, of the head alone, and of both. */
async function accuracyOf(
  perception: PerceptionHead,
  rows: readonly PerceptionRow[],
  words: readonly (string | undefined)[],
): Promise<TrainedPerceptionHead['accuracy']> {
  const decisions = await perception.decide(featuresOf(rows), words);
  const alone = await perception.decide(
    featuresOf(rows),
    rows.map(() => undefined),
  );
  const share = (answers: readonly (string | undefined)[]) =>
    rows.filter(({ label }, row) => answers[row] === label).length / rows.length;
  const labelsOf = (of: typeof decisions) => of.map(({ label }) => label);
  return { word: share(words), head: share(labelsOf(alone)), decided: share(labelsOf(decisions)) };
}

/** @throws InvalidArgumentError when there is none */
function partOf(rows: readonly PerceptionRow[], part: PerceptionPart): readonly PerceptionRow[] {
  const own = rows.filter((row) => row.part === part);
  if (own.length > 0) return own;
  throw new InvalidArgumentError({
    message: `trainPerceptionHead: of ${rows.length} clips that can be used, none falls to the part ${part}`,
    hint: 'Give more clips (of more speakers), or another heldOutShare or seed.',
    argument: 'sources',
  });
}

function requireWords(read: number, asked: number): void {
  if (read > 0) return;
  throw new InvalidArgumentError({
    message: `trainPerceptionHead: none of the language model's ${asked} answers could be read`,
    hint: 'A gate learns from answers: train the language model first, or hold out more clips.',
    argument: 'heldOutShare',
  });
}
