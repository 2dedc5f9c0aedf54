import { join } from 'node:path';
import { initializeWeights, type NetworkModule, type TensorMap } from '@nano-emox/engine';
import { componentFromWeights, FORMAT_VERSION, writeModelFolder } from '@nano-emox/engine/runtime';
import { measureBatchStatistics, withBatchStatistics } from '@nano-emox/engine/training';
import { type DataSet, type Phase, trainPhase } from '@nano-emox/p2e';
import { type FloatTensor, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { classifierDefinition, classifierLossGraph, emotionClasses } from './classifier';
import type { PretrainOptions } from './pretrain-options';
import { openPretraining } from './pretraining-session';

/** One batch for a classifier: inputs of the encoder, and the class of each row. */
export interface LabelledBatch {
  readonly inputs: TensorMap;
  readonly labels: readonly number[];
  /** Probability of each class in the eyes of a teacher, where it was asked, else undefined. */
  readonly teacher?: readonly (ArrayLike<number> | undefined)[];
  /** Facial movements where they are known, row by row, else undefined. */
  readonly movements?: readonly (readonly number[] | undefined)[];
}

export interface TrainClassifierOptions<Config extends object, Sample> {
  /** Type of the component on disk, and the name of its folder. */
  readonly type: string;
  readonly encoder: NetworkModule<Config, string, string>;
  readonly config: Config;
  readonly resolveConfig: (config: Partial<Config>) => Config;
  readonly dataSet: DataSet<Sample>;
  readonly collate: (samples: readonly Sample[]) => LabelledBatch;
  /** Held-out batches by source, the same at every validation; never those of the test set. */
  readonly validation: Readonly<Record<string, () => Iterable<LabelledBatch>>>;
  /** Facial movements that a second head learns to tell; 0 for none. @default 0 */
  readonly movements?: number;
  readonly phase: Omit<Phase, 'name' | 'trainable' | 'mixture'>;
  readonly validateEverySteps: number;
  /** Where the run is kept and on what it computes. */
  readonly run: PretrainOptions;
}

/** Share of the rows whose largest logit is the label, and the mean over classes. */
export interface Accuracy {
  readonly accuracy: number;
  readonly balancedAccuracy: number;
}

/**
 * Pretrains an encoder with a linear head and saves the encoder (without the head) as a component folder, with the weights of
 * the best validation. Metrics, curves and report lie beside it.
 */
export async function trainClassifier<Config extends object, Sample>(
  options: TrainClassifierOptions<Config, Sample>,
): Promise<void> {
  const { type, encoder, config, movements = 0, run } = options;
  const { seed, signal } = run;
  const folder = join(run.runFolder, type);
  const { dataSet } = options;
  const mixture = { [dataSet.name]: 1 };
  const phase: Phase = { name: type, trainable: [{ match: '', group: 'all' }], mixture, ...options.phase };
  const measured = classifierLossGraph(encoder, config, movements);
  const definition = classifierDefinition(encoder, options.resolveConfig);
  const session = await openPretraining(folder, { [type]: config, phase }, run);
  const { executor } = session;
  const collate = async (samples: readonly Sample[]) => withTargets(options.collate(samples), movements);
  /** Trained weights with the statistics that batch norms use outside training. */
  const complete = async (trained: ReadonlyMap<string, HostTensor>) => {
    const batches = spreadBatches(dataSet, phase.batchSize, collate);
    return new Map([...trained, ...(await measureBatchStatistics(measured, trained, batches, executor))]);
  };
  const evaluate = async (weights: ReadonlyMap<string, HostTensor>): Promise<Map<string, Accuracy>> => {
    const classifier = await componentFromWeights(definition, config, withoutMovements(weights), { executor });
    try {
      const bySource = new Map<string, Accuracy>();
      for (const [source, batches] of Object.entries(options.validation)) {
        const scored: [FloatTensor, readonly number[]][] = [];
        for (const { inputs, labels } of batches())
          scored.push([(await classifier.run(inputs)).logits as FloatTensor, labels]);
        bySource.set(source, accuracyOf(scored));
      }
      return bySource;
    } finally {
      await classifier.dispose();
    }
  };
  try {
    const { graph } = withBatchStatistics(measured);
    const trained = await trainPhase({
      model: { graph, weights: initializeWeights(graph, seed), collate },
      phase,
      dataSets: [dataSet],
      executor,
      seed,
      checkpointFolder: folder,
      checkpointEverySteps: 500,
      ...(Object.keys(options.validation).length > 0 && {
        validation: {
          everySteps: options.validateEverySteps,
          evaluate: async (current) => {
            const bySource = [...(await evaluate(await complete(current)))];
            const metrics = Object.fromEntries(
              bySource.flatMap(([source, { accuracy, balancedAccuracy }]) => [
                [`${source}.accuracy`, accuracy],
                [`${source}.balancedAccuracy`, balancedAccuracy],
              ]),
            );
            return { score: bySource.reduce((sum, [, { accuracy }]) => sum + accuracy, 0) / bySource.length, metrics };
          },
        },
      }),
      onEvent: session.record,
      ...(signal && { signal }),
    });
    const weights = await complete(trained.weights);
    const kept = new Map([...weights].filter(([name]) => !/^(head|movements)\./.test(name)));
    const head = new Map([...weights].filter(([name]) => name.startsWith('head.')));
    await writeModelFolder(join(folder, 'model'), {
      config: { component: type, formatVersion: FORMAT_VERSION, ...config },
      weights: kept,
    });
    await writeModelFolder(join(folder, 'head'), {
      config: { component: `${type}-head`, formatVersion: FORMAT_VERSION },
      weights: head,
    });
    await session.finish();
  } finally {
    await session.dispose();
  }
}

/** Batches that measure batch norms, where the data set has as many. */
const MEASURED_BATCHES = 16;

/** Some batches from all over a data set. */
async function* spreadBatches<Sample>(
  dataSet: DataSet<Sample>,
  batchSize: number,
  collate: (samples: readonly Sample[]) => Promise<TensorMap>,
): AsyncIterable<TensorMap> {
  const batches = Math.min(MEASURED_BATCHES, Math.ceil(dataSet.length / batchSize));
  for (let batch = 0; batch < batches; batch++) {
    const place = (row: number) => Math.floor(((row + batch / batches) * dataSet.length) / batchSize);
    yield await collate(await Promise.all(Array.from({ length: batchSize }, (_, row) => dataSet.get(place(row)))));
  }
}

/** Share of the target that is spread over all classes; the labels of FER2013 are noisy. */
const LABEL_SMOOTHING = 0.05;
/**
 * Share of the teacher in the target of a sample that it has seen; the rest is the label. At half (alpha of EmoVLM-KD) a teacher that is
 * sure of another class draws level with the label, and the encoder learns no more about such pictures.
 */
const TEACHER_SHARE = 0.25;

function withTargets(
  { inputs, labels, teacher = [], movements = [] }: LabelledBatch,
  movementCount: number,
): TensorMap {
  const classes = emotionClasses.length;
  const targets = labels.flatMap((label, row) => targetOf(label, teacher[row]));
  const batch = { ...inputs, targets: floatTensor(Float32Array.from(targets), [labels.length, classes]) };
  if (movementCount === 0) return batch;
  const rows = labels.map((_, row) => movements[row]);
  const values = rows.flatMap((row) => row ?? new Array<number>(movementCount).fill(0));
  return {
    ...batch,
    movements: floatTensor(Float32Array.from(values), [rows.length, movementCount]),
    known: floatTensor(
      Float32Array.from(rows, (row) => (row ? 1 : 0)),
      [rows.length, 1],
    ),
  };
}

function targetOf(label: number, teacher: ArrayLike<number> | undefined): number[] {
  const { length } = emotionClasses;
  const smoothed = (index: number) => (index === label ? 1 - LABEL_SMOOTHING : 0) + LABEL_SMOOTHING / length;
  const probability = (index: number) =>
    teacher ? (1 - TEACHER_SHARE) * smoothed(index) + TEACHER_SHARE * (teacher[index] as number) : smoothed(index);
  return Array.from({ length }, (_, index) => probability(index));
}

function accuracyOf(scored: readonly (readonly [FloatTensor, readonly number[]])[]): Accuracy {
  const classes = emotionClasses.length;
  const hits = new Float64Array(classes);
  const counts = new Float64Array(classes);
  for (const [{ data }, labels] of scored) {
    labels.forEach((label, row) => {
      const logits = data.subarray(row * classes, (row + 1) * classes);
      const best = logits.indexOf(Math.max(...logits));
      counts[label] = (counts[label] as number) + 1;
      if (best === label) hits[label] = (hits[label] as number) + 1;
    });
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const recalls = [...hits].map((hit, index) => hit / Math.max(counts[index] as number, 1));
  return {
    accuracy: hits.reduce((sum, hit) => sum + hit, 0) / total,
    balancedAccuracy: recalls.reduce((sum, recall) => sum + recall, 0) / classes,
  };
}

/** The classifier that is judged has no second head. */
function withoutMovements(weights: ReadonlyMap<string, HostTensor>): Map<string, HostTensor> {
  return new Map([...weights].filter(([name]) => !name.startsWith('movements.')));
}
