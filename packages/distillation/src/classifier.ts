import type { TensorMap } from '@nano-emox/engine';
import { Component, floatResult } from '@nano-emox/engine/runtime';
import type { FloatTensor, RunOptions } from '@nano-emox/tensor-contract';
import { requireFinite } from './training/row-tensors';

/** What the classes of heads and gates share: a network that gives `logits` and calibrated `probabilities` of classes. */
export abstract class Classifier<Config extends object, Given> extends Component<Config> {
  /** Names the class in errors. */
  protected abstract readonly where: string;

  /** Inputs of the network. @throws ShapeMismatchError, DataTypeMismatchError, NonFiniteError */
  protected abstract inputsOf(given: Given): TensorMap;

  /**
   * Probabilities float32 `[batch, classes]` at the configured temperature; rows sum to 1.
   * @throws ShapeMismatchError, DataTypeMismatchError, NonFiniteError, AbortedError, DisposedError
   */
  predict(given: Given, options: RunOptions = {}): Promise<FloatTensor> {
    return this.classify(given, 'probabilities', options);
  }

  /** Raw logits float32 `[batch, classes]`. @throws as {@link predict} */
  logits(given: Given, options: RunOptions = {}): Promise<FloatTensor> {
    return this.classify(given, 'logits', options);
  }

  private async classify(given: Given, output: 'logits' | 'probabilities', options: RunOptions): Promise<FloatTensor> {
    const results = await this.handle.run(this.inputsOf(given), { ...options, outputs: [output] });
    const result = floatResult(results, output);
    requireFinite(result, this.where, output);
    return result;
  }
}
