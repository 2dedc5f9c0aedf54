import {
  crossEntropy,
  defineModule,
  type Executor,
  initializeWeights,
  linearLayer,
  traceModule,
} from '@nano-emox/engine';
import { TrainingSession } from '@nano-emox/engine/training';
import {
  f32,
  floatTensor,
  InvalidArgumentError,
  i64,
  type RunOptions,
  throwIfAborted,
} from '@nano-emox/tensor-contract';

/** Feature vectors with the class of each. */
export interface ProbeSamples {
  /** Row by row, all of one length. */
  readonly features: readonly Float32Array[];
  /** Indices of classes. */
  readonly labels: readonly number[];
}

/** Options of {@link trainLinearProbe}. */
export interface LinearProbeOptions extends RunOptions {
  readonly executor: Executor;
  readonly classes: number;
  /** Of the fresh weights. */
  readonly seed: number;
  /** Decay of the weight matrix towards zero, as in AdamW. @default 0.01 */
  readonly weightDecay?: number;
  /** Updates, each on all samples. @default 200 */
  readonly steps?: number;
}

/** A trained probe: the most likely class of a feature vector. */
export type LinearProbe = (features: Float32Array) => number;

const learningRate = { initial: 0.05, minimum: 0.001 } as const;
/** Of a feature that does not vary, such as the padding of a narrow encoder. */
const SMALLEST_DEVIATION = 1e-6;

const probeModule = defineModule({
  name: 'LinearProbe',
  inputs: ({ dim }: { readonly dim: number; readonly classes: number }) => ({
    features: f32('rows', dim),
    labels: i64('rows'),
  }),
  outputs: () => ({ loss: f32() }),
  forward({ features, labels }, weights, { classes }) {
    return { loss: crossEntropy(linearLayer(features, weights.scope('head'), classes), labels) };
  },
});

/**
 * Multinomial logistic regression on frozen features: what a linear layer can tell from them. Features are standardised by the
 * training samples; the same seed and samples give the same probe.
 * @throws InvalidArgumentError for no samples, rows of different length or a label that is no class; AbortedError
 */
export async function trainLinearProbe(samples: ProbeSamples, options: LinearProbeOptions): Promise<LinearProbe> {
  requireSamples(samples, options.classes);
  const { classes, seed, executor, weightDecay = 0.01, steps = 200, signal } = options;
  const dim = (samples.features[0] as Float32Array).length;
  const standardise = standardiserOf(samples.features, dim);
  const graph = traceModule(probeModule, { dim, classes });
  const session = await TrainingSession.open({
    graph,
    weights: initializeWeights(graph, seed),
    executor,
    groupOf: () => 'head',
    optimizer: { weightDecay },
    signal,
  });
  try {
    const rows = new Float32Array(samples.features.length * dim);
    samples.features.forEach((features, row) => {
      rows.set(standardise(features), row * dim);
    });
    const batch = {
      features: floatTensor(rows, [samples.features.length, dim]),
      labels: { type: 'int64', dims: [samples.labels.length], data: BigInt64Array.from(samples.labels, BigInt) },
    } as const;
    for (let step = 0; step < steps; step++) {
      throwIfAborted(signal, 'training a probe');
      await session.update(batch, { learningRates: { head: rateAt(step / steps) }, signal });
    }
    const weights = await session.readWeights();
    return classifier(
      weights.get('head.weight')?.data as Float32Array,
      weights.get('head.bias')?.data as Float32Array,
      standardise,
    );
  } finally {
    await session.dispose();
  }
}

/** Cosine from the initial to the minimal rate. @param progress from 0 to 1 */
function rateAt(progress: number): number {
  const { initial, minimum } = learningRate;
  return minimum + ((initial - minimum) * (1 + Math.cos(Math.PI * progress))) / 2;
}

function classifier(weight: Float32Array, bias: Float32Array, standardise: (features: Float32Array) => Float32Array) {
  return (features: Float32Array): number => {
    const values = standardise(features);
    const logits = Array.from(bias, (offset, label) => {
      const row = weight.subarray(label * values.length, (label + 1) * values.length);
      return row.reduce((sum, factor, index) => sum + factor * (values[index] as number), offset);
    });
    return logits.indexOf(Math.max(...logits));
  };
}

/** Takes off the mean of every feature and divides by its deviation. */
function standardiserOf(rows: readonly Float32Array[], dim: number): (features: Float32Array) => Float32Array {
  const columns = Array.from({ length: dim }, (_, column) => {
    const values = rows.map((row) => row[column] as number);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { mean, deviation: Math.max(Math.sqrt(variance), SMALLEST_DEVIATION) };
  });
  return (features) =>
    Float32Array.from(columns, ({ mean, deviation }, column) => ((features[column] as number) - mean) / deviation);
}

function requireSamples({ features, labels }: ProbeSamples, classes: number): void {
  const dim = features[0]?.length ?? 0;
  const problem =
    features.length === 0 || dim === 0
      ? 'there are no features'
      : features.length !== labels.length
        ? `there are ${features.length} feature vectors and ${labels.length} labels`
        : features.some((row) => row.length !== dim)
          ? 'feature vectors differ in length'
          : labels.some((label) => !Number.isInteger(label) || label < 0 || label >= classes)
            ? `a label is none of the ${classes} classes`
            : undefined;
  if (problem === undefined) return;
  throw new InvalidArgumentError({
    message: `trainLinearProbe: ${problem}`,
    hint: 'Pass one feature vector and one class for each sample.',
    argument: 'samples',
  });
}
