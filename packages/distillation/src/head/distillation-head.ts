import { bindFilledAxes, type TensorMap } from '@nano-emox/engine';
import { type ComponentOptions, componentFromWeights, createComponent, loadComponent } from '@nano-emox/engine/runtime';
import { type FloatTensor, f32, type HostTensor } from '@nano-emox/tensor-contract';
import { Classifier } from '../classifier';
import { asTokens } from '../training/row-tensors';
import type { DistillationHeadConfig } from './head-config';
import { distillationHeadDefinition } from './head-module';

/**
 * A small classifier on the tokens of a frozen encoder, float32 `[batch, tokens, featureDim]`, or their mean
 * `[batch, featureDim]`. Holds native memory: `dispose()` it. Results belong to the
 * caller.
 * @example
 * const head = await DistillationHead.fromPretrained('./fi-head');
 * const probabilities = await head.predict(features); // [batch, head.config.labels.length]
 */
export class DistillationHead extends Classifier<DistillationHeadConfig, FloatTensor> {
  protected readonly where = 'DistillationHead';

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

  protected inputsOf(given: FloatTensor): TensorMap {
    const features = asTokens(given);
    bindFilledAxes(features, f32('batch', 'tokens', this.config.featureDim), this.where, 'features');
    return { features };
  }
}
