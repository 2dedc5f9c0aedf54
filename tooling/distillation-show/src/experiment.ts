import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  calibrate,
  type DistillationHead,
  distillHead,
  type GateType,
  gateTypes,
  trainGate,
} from '@nano-emox/distillation';
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
    const heads = new Heads(rows, seed, options);
    for (const depth of depths) {
      for (const [loss, alpha] of Object.entries(losses)) {
        const name = `${loss}, depth ${depth}`;
        await once(`head ${name} ${seed}`, () => headResult(rows, name, alpha, depth, heads));
      }
    }
    for (const type of gateTypes) {
      for (const headForm of ['logits', 'softmax'] as const) {
        const name = `${type}, ${headForm}`;
        await once(`gate ${name} ${seed}`, () => gateResult(rows, name, type, headForm, heads));
      }
    }
    await heads.dispose();
  }
  return results;
}

const parametersOf = ({ weights }: { readonly weights: ReadonlyMap<string, { readonly data: ArrayLike<unknown> }> }) =>
  [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);

/** The heads of one seed; the one that all gates read is trained once. */
class Heads {
  private gated: Promise<DistillationHead> | undefined;

  constructor(
    private readonly rows: RunRows,
    readonly seed: number,
    readonly options: ExperimentOptions,
  ) {}

  /** Lends a head to `use`. */
  async with<Of>(alpha: number, depth: number, use: (head: DistillationHead) => Promise<Of>): Promise<Of> {
    if (alpha === losses.KD && depth === 1) {
      this.gated ??= this.train(alpha, depth);
      return use(await this.gated);
    }
    const head = await this.train(alpha, depth);
    try {
      return await use(head);
    } finally {
      await head.dispose();
    }
  }

  async dispose(): Promise<void> {
    await (await this.gated)?.dispose();
  }

  private async train(alpha: number, depth: number): Promise<DistillationHead> {
    const { features, labels, teacher: teacherLogits } = this.rows.train;
    const { epochs, executor } = this.options;
    const trained = await distillHead({
      ...{ features, labels, teacherLogits, classes },
      ...{ alpha, depth, seed: this.seed, epochs, executor, batchSize: 64 },
    });
    return trained.head;
  }
}

function headResult({ test }: RunRows, name: string, alpha: number, depth: number, heads: Heads): Promise<Result> {
  return heads.with(alpha, depth, async (head) => {
    const logits = await head.logits(test.features);
    const { before, after } = calibrationOf(logits, test.labels, head.config.temperature);
    return {
      ...{ group: 'head', name, seed: heads.seed, accuracy: accuracyOf(logits, test.labels) },
      ...{ calibrationErrorBefore: before, calibrationErrorAfter: after, parameters: parametersOf(head) },
    };
  });
}

async function gateResult(
  rows: RunRows,
  name: string,
  type: GateType,
  headForm: 'logits' | 'softmax',
  heads: Heads,
): Promise<Result> {
  const {
    seed,
    options: { epochs, executor },
  } = heads;
  const answered = answeredRows(rows.test);
  const [headLogits, testLogits] = await heads.with(losses.KD, 1, async (head) => [
    await head.logits(rows.gate.features),
    await head.logits(answered.features),
  ]);
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
