import { bindFilledAxes } from '@nano-emox/engine';
import {
  Component,
  type ComponentOptions,
  componentFromWeights,
  createComponent,
  floatResult,
  loadComponent,
} from '@nano-emox/engine/runtime';
import type { FloatTensor, HostTensor, RunOptions } from '@nano-emox/tensor-contract';
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
export class AnswerGate extends Component<AnswerGateConfig> {
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

  /**
   * Probabilities float32 `[batch, classes]` at the configured temperature; rows sum to 1.
   * @throws ShapeMismatchError, DataTypeMismatchError, NonFiniteError, AbortedError, DisposedError
   */
  predict(inputs: GateInputs, options: RunOptions = {}): Promise<FloatTensor> {
    return this.run(inputs, 'probabilities', options);
  }

  /** Raw logits float32 `[batch, classes]`. @throws as {@link predict} */
  logits(inputs: GateInputs, options: RunOptions = {}): Promise<FloatTensor> {
    return this.run(inputs, 'logits', options);
  }

  private async run(
    { headLogits, answer }: GateInputs,
    output: 'logits' | 'probabilities',
    options: RunOptions,
  ): Promise<FloatTensor> {
    const where = 'AnswerGate';
    const specs = answerGateModule.inputs(this.config);
    const known = bindFilledAxes(headLogits, specs.headLogits, where, 'headLogits');
    bindFilledAxes(answer, specs.answer, where, 'answer', known);
    requireFinite(headLogits, where, 'headLogits');
    requireFinite(answer, where, 'answer');
    const results = await this.handle.run({ headLogits, answer }, { ...options, outputs: [output] });
    return floatResult(results, output);
  }
}
