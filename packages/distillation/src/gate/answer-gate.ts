import { bindFilledAxes, type TensorMap } from '@nano-emox/engine';
import { type ComponentOptions, componentFromWeights, createComponent, loadComponent } from '@nano-emox/engine/runtime';
import type { FloatTensor, HostTensor } from '@nano-emox/tensor-contract';
import { Classifier } from '../classifier';
import { requireFinite } from '../training/row-tensors';
import type { AnswerGateConfig } from './gate-config';
import { answerGateDefinition, answerGateModule } from './gate-module';

/** What a gate weighs against one another, float32 `[batch, classes]` both. */
export interface GateInputs {
  /** Raw logits of the distillation head, whatever `headForm` says. */
  readonly headLogits: FloatTensor;
  /** The language model's answer: {@link answerVectors}, or its probabilities of the classes. */
  readonly answer: FloatTensor;
}

/**
 * Decides between the word of a language model and a distillation head. Holds native memory: `dispose()` it. Results
 * belong to the caller.
 * @example
 * const gate = await AnswerGate.fromPretrained('./fi-gate');
 * const answer = answerVectors(['awe', undefined], gate.config.labels);
 * const probabilities = await gate.predict({ headLogits: await head.logits(features), answer }); // [2, 8]
 */
export class AnswerGate extends Classifier<AnswerGateConfig, GateInputs> {
  protected readonly where = 'AnswerGate';

  /**
   * Fresh weights from `options.seed`, to be trained; {@link trainGate} does both.
   * @throws InvalidConfigError, DeviceUnavailableError
   */
  static async create(config: Partial<AnswerGateConfig> = {}, options: ComponentOptions = {}): Promise<AnswerGate> {
    return new AnswerGate(await createComponent(answerGateDefinition, config, options));
  }

  /**
   * Weights from memory; those of `concat` are named as released (`fc.weight`, `fc.bias`).
   * @throws InvalidConfigError, WeightsMismatchError
   */
  static async fromWeights(
    config: Partial<AnswerGateConfig>,
    weights: ReadonlyMap<string, HostTensor>,
    options: ComponentOptions = {},
  ): Promise<AnswerGate> {
    return new AnswerGate(await componentFromWeights(answerGateDefinition, config, weights, options));
  }

  /**
   * A folder that `save` wrote.
   * @throws MissingFileError, InvalidFileError, InvalidConfigError, WeightsMismatchError
   */
  static async fromPretrained(folder: string, options: ComponentOptions = {}): Promise<AnswerGate> {
    return new AnswerGate(await loadComponent(answerGateDefinition, folder, options));
  }

  protected inputsOf({ headLogits, answer }: GateInputs): TensorMap {
    const specs = answerGateModule.inputs(this.config);
    const known = bindFilledAxes(headLogits, specs.headLogits, this.where, 'headLogits');
    bindFilledAxes(answer, specs.answer, this.where, 'answer', known);
    requireFinite(headLogits, this.where, 'headLogits');
    requireFinite(answer, this.where, 'answer');
    return { headLogits, answer };
  }
}
