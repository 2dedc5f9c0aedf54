import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { calibrate, distillHead, type GateType, gateTypes, trainGate } from '@nano-emox/distillation';
import type { Executor } from '@nano-emox/engine';
import { readJsonFile, writeFileAtomic } from '@nano-emox/engine/weights';
import type { FloatTensor } from '@nano-emox/tensor-contract';
import { classes } from './faces';

/** Cached numbers of one part of the pictures, row by row. */
export interface PartRows {
  readonly labels: readonly string[];
  /** `[pictures, featureDim]` */
  readonly features: FloatTensor;
  /** `[pictures, classes]`; of the test part, to score the teacher. */
  readonly teacher: FloatTensor;
  /** Language model's answers `[pictures, classes]`, of the gate part and of the first test pictures. */
  readonly answer?: FloatTensor;
}

/** All rows of a run. */
export type RunRows = Readonly<Record<'train' | 'gate' | 'test', PartRows>>;

/** One line of the table before means are taken. */
export interface Result {
  readonly group: 'head' | 'gate';
  readonly name: string;
  readonly seed: number;
  readonly accuracy: number;
  readonly calibrationErrorBefore: number;
  readonly calibrationErrorAfter: number;
  readonly parameters: number;
  /** Of the head that a gate reads, on the pictures of the gate. */
  readonly headAccuracy?: number;
}

export interface ExperimentOptions {
  readonly folder: string;
  readonly seeds: number;
  readonly epochs: number;
  readonly executor: Executor;
  readonly onResult: (result: Result, isNew: boolean) => void;
}

const depths = [1, 2, 3, 4, 5] as const;
/** Share of the teacher in the loss of each way to learn. */
const losses = { 'CE only': 0, KD: 0.5, 'teacher only': 1 } as const;

/** Every head and gate for every seed; results that are on disk are not computed again. */
export async function runExperiment(rows: RunRows, options: ExperimentOptions): Promise<readonly Result[]> {
  const results: Result[] = [];
  const once = async (id: string, compute: () => Promise<Result>) => {
    const path = join(options.folder, 'results', `${id.replaceAll(/[^\w-]+/g, '-')}.json`);
    const isNew = !existsSync(path);
    if (isNew) await writeFileAtomic(path, JSON.stringify(await compute()));
    const result = (await readJsonFile(path)) as Result;
    results.push(result);
    options.onResult(result, isNew);
  };
  for (let seed = 0; seed < options.seeds; seed++) {
    for (const depth of depths) {
      for (const [loss, alpha] of Object.entries(losses)) {
        const name = `${loss}, depth ${depth}`;
        await once(`head ${name} ${seed}`, () => headResult(rows, name, alpha, depth, seed, options));
      }
    }
    for (const type of gateTypes) {
      for (const headForm of ['logits', 'softmax'] as const) {
        const name = `${type}, ${headForm}`;
        await once(`gate ${name} ${seed}`, () => gateResult(rows, name, type, headForm, seed, options));
      }
    }
  }
  return results;
}

const parametersOf = ({ weights }: { readonly weights: ReadonlyMap<string, { readonly data: ArrayLike<unknown> }> }) =>
  [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);

function trainHead({ train }: RunRows, alpha: number, depth: number, seed: number, options: ExperimentOptions) {
  const { epochs, executor } = options;
  return distillHead({
    ...{ features: train.features, labels: train.labels, teacherLogits: train.teacher, classes },
    ...{ alpha, depth, seed, epochs, executor, batchSize: 64 },
  });
}

async function headResult(
  rows: RunRows,
  name: string,
  alpha: number,
  depth: number,
  seed: number,
  options: ExperimentOptions,
): Promise<Result> {
  const { head } = await trainHead(rows, alpha, depth, seed, options);
  try {
    const logits = await head.logits(rows.test.features);
    const { before, after } = calibrationOf(logits, rows.test.labels, head.config.temperature);
    const accuracy = accuracyOf(logits, rows.test.labels);
    return {
      ...{ group: 'head', name, seed, accuracy, parameters: parametersOf(head) },
      ...{ calibrationErrorBefore: before, calibrationErrorAfter: after },
    };
  } finally {
    await head.dispose();
  }
}

async function gateResult(
  rows: RunRows,
  name: string,
  type: GateType,
  headForm: 'logits' | 'softmax',
  seed: number,
  options: ExperimentOptions,
): Promise<Result> {
  const { epochs, executor } = options;
  const { head } = await trainHead(rows, losses.KD, 1, seed, options);
  const answered = answeredRows(rows.test);
  const headLogits = await head.logits(rows.gate.features);
  const testLogits = await head.logits(answered.features);
  await head.dispose();
  const { gate } = await trainGate({
    ...{ headLogits, answer: rows.gate.answer as FloatTensor, labels: rows.gate.labels, classes },
    ...{ type, headForm, seed, epochs, executor },
  });
  try {
    const logits = await gate.logits({ headLogits: testLogits, answer: answered.answer as FloatTensor });
    const { before, after } = calibrationOf(logits, answered.labels, gate.config.temperature);
    const accuracy = accuracyOf(logits, answered.labels);
    return {
      ...{ group: 'gate', name, seed, accuracy, parameters: parametersOf(gate) },
      ...{ calibrationErrorBefore: before, calibrationErrorAfter: after },
      headAccuracy: accuracyOf(testLogits, answered.labels),
    };
  } finally {
    await gate.dispose();
  }
}

/** The first test pictures, as many as the language model answered. */
export function answeredRows({ labels, features, teacher, answer }: PartRows): PartRows {
  const count = answer?.dims[0] ?? 0;
  const first = ({ dims, data }: FloatTensor): FloatTensor => {
    const width = dims[1] as number;
    return { type: 'float32', dims: [count, width], data: data.slice(0, count * width) };
  };
  return {
    ...{ labels: labels.slice(0, count), features: first(features), teacher: first(teacher) },
    ...(answer && { answer }),
  };
}

/** Share of rows whose largest score is that of the label; a row of zeros is no answer, hence wrong. */
export function accuracyOf({ dims, data }: FloatTensor, labels: readonly string[]): number {
  const width = dims[1] as number;
  const right = labels.filter((label, row) => {
    const scores = [...data.subarray(row * width, (row + 1) * width)];
    return scores.some((score) => score !== 0) && classes[scores.indexOf(Math.max(...scores))] === label;
  });
  return right.length / labels.length;
}

/** Expected calibration error on rows that the temperature was not fitted on, without it and with it. */
function calibrationOf(logits: FloatTensor, labels: readonly string[], temperature: number) {
  const indices = labels.map((label) => (classes as readonly string[]).indexOf(label));
  const errorOf = (divisor: number) => {
    const scaled = { ...logits, data: logits.data.map((value) => value / divisor) };
    return calibrate(scaled, indices).before.expectedCalibrationError;
  };
  return { before: errorOf(1), after: errorOf(temperature) };
}
