import { bindFilledAxes } from '@nano-emox/engine';
import {
  Component,
  type ComponentOptions,
  componentFromWeights,
  createComponent,
  floatResult,
  loadComponent,
} from '@nano-emox/engine/runtime';
import { type FloatTensor, f32, type HostTensor, type RunOptions } from '@nano-emox/tensor-contract';
import { asTokens, requireFinite } from '../training/row-tensors';
import type { DistillationHeadConfig } from './head-config';
import { distillationHeadDefinition } from './head-module';

/**
 * A small classifier on the tokens of a frozen encoder. Holds native memory: `dispose()` it. Results belong to the
 * caller.
 * @example
 * const head = await DistillationHead.fromPretrained('./fi-head');
 * const probabilities = await head.predict(features); // [batch, head.config.labels.length]
 */
export class DistillationHead extends Component<DistillationHeadConfig> {
  /**
   * Fresh weights from `options.seed`, to be trained; {@link distillHead} does both.
   * @throws InvalidConfigError, DeviceUnavailableError
   */
  static async create(
    config: Partial<DistillationHeadConfig> = {},
    options: ComponentOptions = {},
  ): Promise<DistillationHead> {
    return new DistillationHead(await createComponent(distillationHeadDefinition, config, options));
  }

  /**
   * Weights from memory, under the names of released checkpoints (`distillation_head.mlp.0.weight` …); what those
   * carry of the encoder is left out.
   * @throws InvalidConfigError, WeightsMismatchError
   */
  static async fromWeights(
    config: Partial<DistillationHeadConfig>,
    weights: ReadonlyMap<string, HostTensor>,
    options: ComponentOptions = {},
  ): Promise<DistillationHead> {
    return new DistillationHead(await componentFromWeights(distillationHeadDefinition, config, weights, options));
  }

  /**
   * A folder that `save` wrote.
   * @throws MissingFileError, InvalidFileError, InvalidConfigError, WeightsMismatchError
   */
  static async fromPretrained(folder: string, options: ComponentOptions = {}): Promise<DistillationHead> {
    return new DistillationHead(await loadComponent(distillationHeadDefinition, folder, options));
  }

  /**
   * Probabilities float32 `[batch, classes]` at the configured temperature; rows sum to 1.
   * @param features float32 `[batch, tokens, featureDim]`, or their mean `[batch, featureDim]`
   * @throws ShapeMismatchError, DataTypeMismatchError, NonFiniteError, AbortedError, DisposedError
   */
  predict(features: FloatTensor, options: RunOptions = {}): Promise<FloatTensor> {
    return this.run(features, 'probabilities', options);
  }

  /** Raw logits float32 `[batch, classes]`, as a gate reads them. @throws as {@link predict} */
  logits(features: FloatTensor, options: RunOptions = {}): Promise<FloatTensor> {
    return this.run(features, 'logits', options);
  }

  private async run(given: FloatTensor, output: 'logits' | 'probabilities', options: RunOptions): Promise<FloatTensor> {
    const where = 'DistillationHead';
    const features = asTokens(given);
    bindFilledAxes(features, f32('batch', 'tokens', this.config.featureDim), where, 'features');
    const result = floatResult(await this.handle.run({ features }, { ...options, outputs: [output] }), output);
    requireFinite(result, where, output);
    return result;
  }
}
