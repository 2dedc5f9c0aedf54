import { defineModule, type NetworkModule } from '@nano-emox/engine';
import type { ComponentDefinition } from '@nano-emox/engine/runtime';
import { attentionFusionModule } from './attention-fusion';
import { type FusionConfig, resolveFusionConfig } from './config';
import { denseMixtureFusionModule } from './dense-mixture-fusion';
import { multiscaleFusionModule } from './multiscale-fusion';
import { qformerFusionModule } from './qformer-fusion';

const modules = {
  multiscale: multiscaleFusionModule,
  qformer: qformerFusionModule,
  attention: attentionFusionModule,
  densemoe: denseMixtureFusionModule,
};

/** Inputs of every fusion; `routerNoise` exists where the configuration asks for it. */
export type FusionInputs = 'audio' | 'scene' | 'routerNoise';
/** Outputs a fusion can have; `tokens` is always there. */
export type FusionOutputs = 'tokens' | 'fused' | 'gate' | 'scores';

/** The network that `config.type` names. */
function networkOf(config: FusionConfig): NetworkModule<FusionConfig, FusionInputs, FusionOutputs> {
  return modules[config.type] as unknown as NetworkModule<FusionConfig, FusionInputs, FusionOutputs>;
}

/**
 * Any fusion: `audio` and `scene` to `tokens` float32 `[batch, tokens, lmDim]`. `multiscale` reads levels, float32
 * `[batch, time, experts, dim]`; the others read `[batch, time, dim]`.
 */
export const fusionModule = defineModule<FusionConfig, FusionInputs, FusionOutputs>({
  name: 'FusionExperts',
  inputs: (config) => networkOf(config).inputs(config),
  outputs: (config) => networkOf(config).outputs(config),
  forward: (inputs, weights, config) => networkOf(config).forward(inputs, weights, config),
  ignores: (name, config) => networkOf(config).ignores?.(name, config) ?? false,
});

/** What a fusion is made of, for loaders and trainers. */
export const fusionDefinition: ComponentDefinition<FusionConfig, FusionInputs, FusionOutputs> = {
  type: 'fusion-experts',
  module: fusionModule,
  resolveConfig: resolveFusionConfig,
};
