import { traceModule } from '@nano-emox/engine';
import { bindAxes } from '@nano-emox/tensor-contract';
import { labelIndices } from '../labels/label-indices';
import { fitClassifier, type TrainingReport } from '../training/fit-classifier';
import { DEFAULT_VALIDATION_SHARE, type LabelledRows, withValidation } from '../training/labelled-rows';
import { componentOptions, resolveRecipe, type TrainingRecipe } from '../training/recipe';
import { requireFinite, requireRows, requireSomeRows } from '../training/row-tensors';
import { AnswerGate, type GateInputs } from './answer-gate';
import { type AnswerGateConfig, resolveGateConfig } from './gate-config';
import { answerGateDefinition, answerGateModule, gateTrainingModule } from './gate-module';

/** Inputs of a gate with the right answers. */
export interface LabelledGateInputs extends GateInputs {
  /** One of the classes per row. */
  readonly labels: readonly string[];
}

/** What a gate learns from, and how. */
export interface TrainGateOptions
  extends LabelledGateInputs,
    Partial<Pick<AnswerGateConfig, 'type' | 'headForm' | 'experts'>>,
    TrainingRecipe {
  /** Classes in the order of both inputs. */
  readonly classes: readonly string[];
  /** Rows that choose epoch and temperature. @default `validationShare` of the rows */
  readonly validation?: LabelledGateInputs;
  /** Share of the rows of each class held out where no `validation` is given. @default 0.1 */
  readonly validationShare?: number;
}

/** A trained gate; dispose `gate`. */
export interface TrainedGate extends TrainingReport {
  readonly gate: AnswerGate;
}

const where = 'trainGate';

/**
 * Trains a gate by cross-entropy, keeps the epoch that is best on the validation rows, and calibrates its
 * probabilities on them. Where the head has learnt its rows by heart, a gate trained on the same rows learns to trust
 * it too much: use others.
 * @throws InvalidArgumentError for unknown labels; ShapeMismatchError, DataTypeMismatchError; NonFiniteError for
 *   inputs or a loss that are not finite; InvalidConfigError, AbortedError
 */
export async function trainGate(options: TrainGateOptions): Promise<TrainedGate> {
  const { classes, type, headForm, experts, validation, validationShare = DEFAULT_VALIDATION_SHARE } = options;
  const recipe = resolveRecipe(options, where);
  const config = resolveGateConfig({
    labels: classes,
    ...(type !== undefined && { type }),
    ...(headForm !== undefined && { headForm }),
    ...(experts !== undefined && { experts }),
  });
  const rows = readRows(options, config, '');
  const held = validation && readRows(validation, config, 'validation.');
  const { weights, report } = await fitClassifier({
    definition: answerGateDefinition,
    config,
    trainingGraph: traceModule(gateTrainingModule, config),
    ...withValidation(rows, held, validationShare, recipe.seed),
    recipe,
  });
  const calibrated = { ...config, temperature: report.calibration.temperature };
  return { gate: await AnswerGate.fromWeights(calibrated, weights, componentOptions(recipe)), ...report };
}

function readRows(
  { headLogits, answer, labels }: LabelledGateInputs,
  config: AnswerGateConfig,
  prefix: string,
): LabelledRows {
  requireSomeRows(labels.length, where, `${prefix}labels`);
  const inputs = { headLogits, answer };
  const specs = answerGateModule.inputs(config);
  for (const name of ['headLogits', 'answer'] as const) {
    bindAxes(inputs[name], specs[name], where, prefix + name);
    requireRows(inputs[name], labels.length, where, prefix + name);
    requireFinite(inputs[name], where, prefix + name);
  }
  return { inputs, labels: labelIndices(labels, config.labels, where, `${prefix}labels`) };
}
