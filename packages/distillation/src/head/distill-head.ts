import { bindFilledAxes, type Random, requirePositive, type TensorMap, traceModule } from '@nano-emox/engine';
import { bindAxes, type FloatTensor, f32, floatTensor, InvalidArgumentError } from '@nano-emox/tensor-contract';
import { labelIndices } from '../labels/label-indices';
import { fitClassifier, type TrainingReport } from '../training/fit-classifier';
import { DEFAULT_VALIDATION_SHARE, type LabelledRows, withValidation } from '../training/labelled-rows';
import { componentOptions, requireFraction, resolveRecipe, type TrainingRecipe } from '../training/recipe';
import { asTokens, requireFinite, requireRows, requireSomeRows } from '../training/row-tensors';
import { DistillationHead } from './distillation-head';
import { type DistillationWeights, headTrainingModule, publishedWeights } from './distillation-loss';
import { type DistillationHeadConfig, resolveHeadConfig } from './head-config';
import { distillationHeadDefinition } from './head-module';

/** Pictures or clips as a frozen encoder sees them. */
export interface LabelledFeatures {
  /** float32 `[rows, tokens, featureDim]`, or the mean of the tokens `[rows, featureDim]`. */
  readonly features: FloatTensor;
  /** One of the classes per row. */
  readonly labels: readonly string[];
}

/** What a head is distilled from, and how. */
export interface DistillHeadOptions
  extends LabelledFeatures,
    Partial<DistillationWeights>,
    Partial<Pick<DistillationHeadConfig, 'depth' | 'widths'>>,
    TrainingRecipe {
  /** Classes in the order of the teacher's logits. */
  readonly classes: readonly string[];
  /** float32 `[rows, classes]`, see {@link alignTeacher}; not needed with `alpha: 0`. */
  readonly teacherLogits?: FloatTensor | undefined;
  /** Rows that choose epoch and temperature. @default `validationShare` of the rows */
  readonly validation?: LabelledFeatures;
  /** Share of the rows of each class held out where no `validation` is given. @default 0.1 */
  readonly validationShare?: number;
  /** Share of hidden values dropped while training. @default 0.1 */
  readonly dropout?: number;
}

/** A trained head; dispose `head`. */
export interface DistilledHead extends TrainingReport {
  readonly head: DistillationHead;
}

const where = 'distillHead';

/**
 * Trains a head on features of a frozen encoder by α·T²·KL(teacher ‖ student) + (1 − α)·cross-entropy, keeps the
 * epoch that is best on the validation rows, and calibrates its probabilities on them.
 * @throws InvalidArgumentError for unknown labels or an absent teacher; ShapeMismatchError, DataTypeMismatchError for
 *   a teacher with other classes or rows; NonFiniteError for features, logits or a loss that are not finite;
 *   InvalidConfigError, AbortedError
 * @example
 * const { head, best, calibration } = await distillHead({ features, labels, teacherLogits, classes:
 * emotionLabelSets.emotion6 });
 */
export async function distillHead(options: DistillHeadOptions): Promise<DistilledHead> {
  const { classes, depth, widths, validation, validationShare = DEFAULT_VALIDATION_SHARE, dropout = 0.1 } = options;
  const recipe = resolveRecipe(options, where);
  const loss = resolveWeights(options);
  requireFraction(where, { dropout }, 'dropout', false);
  const config = resolveHeadConfig({
    featureDim: options.features.dims.at(-1) as number,
    labels: classes,
    ...(depth !== undefined && { depth }),
    ...(widths !== undefined && { widths }),
  });
  const labelled = readRows(options, config, 'features');
  const teacherLogits = loss.alpha > 0 ? readTeacher(options, labelled.labels.data.length) : undefined;
  const rows = { ...labelled, inputs: { ...labelled.inputs, ...(teacherLogits && { teacherLogits }) } };
  const held = validation && readRows(validation, config, 'validation.features');

  const masked = dropout > 0;
  const { weights, report } = await fitClassifier({
    definition: distillationHeadDefinition,
    config,
    trainingGraph: traceModule(headTrainingModule, { ...config, loss, masked }),
    ...withValidation(rows, held, validationShare, recipe.seed),
    ...(masked && { extraInputs: (batch, random) => dropoutMasks(config, dropout, batch, random) }),
    recipe,
  });
  const calibrated = { ...config, temperature: report.calibration.temperature };
  return { head: await DistillationHead.fromWeights(calibrated, weights, componentOptions(recipe)), ...report };
}

function resolveWeights({
  alpha = publishedWeights.alpha,
  temperature = publishedWeights.temperature,
}: Partial<DistillationWeights>): DistillationWeights {
  requireFraction(where, { alpha }, 'alpha');
  requirePositive(where, { temperature }, 'temperature');
  return { alpha, temperature };
}

function readRows(
  { features: given, labels }: LabelledFeatures,
  { featureDim, labels: classes }: DistillationHeadConfig,
  input: string,
): LabelledRows {
  requireSomeRows(labels.length, where, input.replace('features', 'labels'));
  const features = asTokens(given);
  bindFilledAxes(features, f32('rows', 'tokens', featureDim), where, input);
  requireRows(features, labels.length, where, input);
  requireFinite(features, where, input);
  return { inputs: { features }, labels: labelIndices(labels, classes, where, input.replace('features', 'labels')) };
}

function readTeacher({ teacherLogits, classes }: DistillHeadOptions, rows: number): FloatTensor {
  if (!teacherLogits) {
    throw new InvalidArgumentError({
      message: `${where}: teacherLogits are absent`,
      hint: 'Give the logits of a teacher, or alpha: 0 to learn from labels only.',
      argument: 'teacherLogits',
    });
  }
  bindAxes(teacherLogits, f32(rows, classes.length), where, 'teacherLogits');
  requireFinite(teacherLogits, where, 'teacherLogits');
  return teacherLogits;
}

/** Inverted dropout: a mask per hidden layer, 0 for a share of its values and 1 / (1 − share) for the others. */
function dropoutMasks(
  { widths, depth }: DistillationHeadConfig,
  share: number,
  batch: number,
  random: Random,
): TensorMap {
  const masks = widths.slice(0, depth).map((width, layer): [string, FloatTensor] => {
    const data = new Float32Array(batch * width).map(() => (random.uniform() < share ? 0 : 1 / (1 - share)));
    return [`keep${layer}`, floatTensor(data, [batch, width])];
  });
  return Object.fromEntries(masks);
}
