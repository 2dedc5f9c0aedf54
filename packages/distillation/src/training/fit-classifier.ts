import { deriveSeed, type Executor, type Graph, initializeWeights, Random, type TensorMap } from '@nano-emox/engine';
import { type ComponentDefinition, componentFromWeights, floatResult, openExecutor } from '@nano-emox/engine/runtime';
import { TrainingSession } from '@nano-emox/engine/training';
import { type FloatTensor, throwIfAborted } from '@nano-emox/tensor-contract';
import { type Calibration, calibrate } from './calibration';
import { type LabelledRows, selectRows, type TrainingRows } from './labelled-rows';
import { componentOptions, type EpochReport, type ResolvedRecipe, scheduleOf } from './recipe';
import { joinRows, requireFinite, takeRows } from './row-tensors';
import { scoreLogits } from './score-logits';

/** What is trained, on what. */
export interface FitTask<Config extends object, Inputs extends string> extends TrainingRows {
  /** Component with an output `logits`, to score what was trained. */
  readonly definition: ComponentDefinition<Config, Inputs, 'logits' | 'probabilities'>;
  readonly config: Config;
  /** The same network with its loss; may have further inputs. */
  readonly trainingGraph: Graph;
  /** Further inputs of a batch, such as masks. */
  readonly extraInputs?: (rows: number, random: Random) => TensorMap;
  readonly recipe: ResolvedRecipe;
}

/** What training found out besides the weights. */
export interface TrainingReport {
  readonly history: readonly EpochReport[];
  /** Report of the epoch whose weights were kept. */
  readonly best: EpochReport;
  /** Of the temperature, which is part of the component's configuration; before and after on the validation rows. */
  readonly calibration: Calibration;
}

/** The weights of the epoch that scored best. */
export interface FitResult {
  readonly weights: ReadonlyMap<string, FloatTensor>;
  readonly report: TrainingReport;
}

/** An epoch that may turn out the best. */
interface Candidate {
  readonly weights: ReadonlyMap<string, FloatTensor>;
  readonly best: EpochReport;
  readonly validationLogits: FloatTensor;
}

/** Rows that are scored at once. */
const SCORED_ROWS = 512;

/**
 * Trains and keeps the weights of the epoch with the highest accuracy on the validation rows; of equals the one with
 * the lowest cross-entropy. Its temperature is fitted on the same rows.
 * @throws AbortedError, NonFiniteError when the loss is not finite
 */
export async function fitClassifier<Config extends object, Inputs extends string>(
  task: FitTask<Config, Inputs>,
): Promise<FitResult> {
  const { executor: given, ...options } = componentOptions(task.recipe);
  const executor = given ?? (await openExecutor(options));
  try {
    return await fitOn(executor, task);
  } finally {
    if (!given) await executor.dispose();
  }
}

async function fitOn<Config extends object, Inputs extends string>(
  executor: Executor,
  task: FitTask<Config, Inputs>,
): Promise<FitResult> {
  const { recipe, trainingGraph: graph } = task;
  const session = await TrainingSession.open({
    graph,
    weights: initializeWeights(graph, recipe.seed),
    executor,
    groupOf: () => 'all',
    decays: () => true, // as the released optimisers, which have one group
    optimizer: { weightDecay: recipe.weightDecay },
    ...(recipe.clipNorm !== undefined && { clipNorm: recipe.clipNorm }),
    signal: recipe.signal,
  });
  try {
    const labels = task.validation.labels.data;
    const runEpoch = epochsOf(task, session);
    const history: EpochReport[] = [];
    let kept: Candidate | undefined;
    for (let epoch = 1; epoch <= recipe.epochs; epoch++) {
      const trainLoss = await runEpoch();
      const weights = await session.readWeights();
      const validationLogits = await scoredLogits(executor, task, weights);
      const report = { epoch, trainLoss, validation: scoreLogits(validationLogits, labels) };
      const isBest = kept === undefined || isBetter(report, kept.best);
      if (isBest) kept = { weights, best: report, validationLogits };
      history.push(report);
      recipe.onEvent?.({ type: 'epoch-end', epochs: recipe.epochs, isBest, ...report });
    }
    const { weights, best, validationLogits } = kept as Candidate;
    return { weights, report: { history, best, calibration: calibrate(validationLogits, labels) } };
  } finally {
    await session.dispose();
  }
}

/** A function that learns from all rows once, in an order of its own each time, and gives the mean loss. */
function epochsOf<Config extends object, Inputs extends string>(
  { train, recipe, extraInputs }: FitTask<Config, Inputs>,
  session: TrainingSession,
): () => Promise<number> {
  const { epochs, batchSize, seed, signal, onEvent } = recipe;
  const rows = [...train.labels.data.keys()];
  const totalSteps = epochs * Math.ceil(rows.length / batchSize);
  const rateAt = scheduleOf(recipe, totalSteps);
  const order = new Random(deriveSeed(seed, 'order'));
  const extra = new Random(deriveSeed(seed, 'dropout'));
  return async () => {
    order.shuffle(rows);
    let lossSum = 0;
    for (let start = 0; start < rows.length; start += batchSize) {
      const batchRows = rows.slice(start, start + batchSize);
      const batch = { ...batchOf(train, batchRows), ...extraInputs?.(batchRows.length, extra) };
      const { loss } = await session.update(batch, { learningRates: { all: rateAt(session.step) }, signal });
      lossSum += loss * batchRows.length;
      onEvent?.({ type: 'step-end', step: session.step, totalSteps, loss });
    }
    return lossSum / rows.length;
  };
}

function isBetter({ validation: a }: EpochReport, { validation: b }: EpochReport): boolean {
  return a.accuracy > b.accuracy || (a.accuracy === b.accuracy && a.crossEntropy < b.crossEntropy);
}

function batchOf(all: LabelledRows, rows: readonly number[]): TensorMap {
  const { inputs, labels } = selectRows(all, rows);
  return { ...inputs, labels };
}

/** Logits of the validation rows, a few at a time. @throws NonFiniteError */
async function scoredLogits<Config extends object, Inputs extends string>(
  executor: Executor,
  { definition, config, validation, recipe: { signal } }: FitTask<Config, Inputs>,
  weights: ReadonlyMap<string, FloatTensor>,
): Promise<FloatTensor> {
  const where = `${definition.module.name} training`;
  const names = Object.keys(definition.module.inputs(config));
  const component = await componentFromWeights(definition, config, weights, { executor });
  try {
    const parts: FloatTensor[] = [];
    const count = validation.labels.data.length;
    for (let start = 0; start < count; start += SCORED_ROWS) {
      throwIfAborted(signal, where);
      const rows = Array.from({ length: Math.min(SCORED_ROWS, count - start) }, (_, index) => start + index);
      const batch = names.map((name) => [name, takeRows(validation.inputs[name] as FloatTensor, rows)]);
      const results = await component.run(Object.fromEntries(batch), { outputs: ['logits'] });
      parts.push(floatResult(results, 'logits'));
    }
    const logits = joinRows(parts);
    requireFinite(logits, where, 'logits of the validation rows');
    return logits;
  } finally {
    await component.dispose();
  }
}
