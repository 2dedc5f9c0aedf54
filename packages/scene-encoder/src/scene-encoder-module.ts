import { concat, type Dim, defineModule, multiplyDims, reshape, type Value } from '@nano-emox/engine';
import { f32, type TensorSpec } from '@nano-emox/tensor-contract';
import { classTokens } from './clip-vision';
import { neededDepth, type SceneEncoderConfig } from './config';
import { normalizeFrames } from './normalize-frames';

/** RGB frames `[batch, frames, 3, height, width]`. */
export function framesSpec({ inputType, imageSize }: SceneEncoderConfig): TensorSpec {
  return { type: inputType, axes: ['batch', 'frames', 3, imageSize, imageSize] };
}

/** Tensors of published CLIP checkpoints that the encoder never reads: the text tower, the projections, the last norm, a buffer. */
const UNREAD =
  /^(text_model\..+|vision_model\.post_layernorm\.(weight|bias)|(text|visual)_projection\.weight|logit_scale|vision_model\.embeddings\.position_ids)$/;
/** Tensors of the layers of a checkpoint; those behind the deepest one read are no part of the graph. */
const OF_A_LAYER =
  /^vision_model\.encoder\.layers\.(\d+)\.(?:self_attn\.(?:q|k|v|out)_proj|mlp\.fc[12]|layer_norm[12])\.(?:weight|bias)$/;

/**
 * CLIP's vision tower, read at chosen depths: the class token of every frame. Weight names are those of Hugging Face's
 * `CLIPVisionModel`.
 */
export const sceneEncoderModule = defineModule({
  name: 'SceneEncoder',
  inputs: (config: SceneEncoderConfig) => ({ frames: framesSpec(config) }),
  outputs: ({ levels }) => ({
    features: f32('batch', 'frames', 'hidden'),
    levels: f32('batch', 'frames', levels.length, 'hidden'),
  }),
  forward: ({ frames }, weights, config) => {
    const { hidden, levels, featureLevel, normalization, imageSize } = config;
    const [batch, count] = frames.shape as [Dim, Dim];
    const images = reshape(frames, [multiplyDims(batch, count), 3, imageSize, imageSize]);
    const tokens = classTokens(
      normalizeFrames(images, normalization),
      weights.scope('vision_model'),
      neededDepth(config),
      config,
    );
    const at = (level: number) => tokens[level] as Value; // [images, 1, hidden]
    return {
      features: reshape(at(featureLevel), [batch, count, hidden]), // [batch, frames, hidden]
      levels: reshape(concat(levels.map(at), 1), [batch, count, levels.length, hidden]), // [batch, frames, levels, hidden]
    };
  },
  ignores: (name, config) => UNREAD.test(name) || Number(OF_A_LAYER.exec(name)?.[1]) >= neededDepth(config),
});
