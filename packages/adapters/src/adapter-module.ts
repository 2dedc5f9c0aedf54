import { defineModule, type NetworkModule } from '@nano-emox/engine';
import type { ComponentDefinition } from '@nano-emox/engine/runtime';
import { type AdapterConfig, resolveAdapterConfig } from './config';
import { attentionAdapterModule, meanAdapterModule } from './pooled-adapter';
import { qformerAdapterModule } from './qformer-adapter';
import { linearAdapterModule, mlpAdapterModule } from './stepwise-adapters';

const modules = {
  qformer: qformerAdapterModule,
  mean: meanAdapterModule,
  attention: attentionAdapterModule,
  mlp: mlpAdapterModule,
  linear: linearAdapterModule,
};

/** The network that `config.type` names. */
function networkOf(config: AdapterConfig): NetworkModule<AdapterConfig, 'features', 'tokens'> {
  return modules[config.type] as unknown as NetworkModule<AdapterConfig, 'features', 'tokens'>;
}

/** Any adapter: `features` float32 `[batch, time, inputDim]` to `tokens` `[batch, tokens, lmDim]`. */
export const adapterModule = defineModule<AdapterConfig, 'features', 'tokens'>({
  name: 'Adapter',
  inputs: (config) => networkOf(config).inputs(config),
  outputs: (config) => networkOf(config).outputs(config),
  forward: (inputs, weights, config) => networkOf(config).forward(inputs, weights, config),
  ignores: (name, config) => networkOf(config).ignores?.(name, config) ?? false,
});

/** What an adapter is made of, for loaders and trainers. */
export const adapterDefinition: ComponentDefinition<AdapterConfig, 'features', 'tokens'> = {
  type: 'adapter',
  module: adapterModule,
  resolveConfig: resolveAdapterConfig,
};
