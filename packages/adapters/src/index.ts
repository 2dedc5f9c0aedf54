export { Adapter } from './adapter';
export { adapterDefinition, adapterModule } from './adapter-module';
export {
  type AdapterConfig,
  type LinearAdapterConfig,
  type MlpAdapterConfig,
  type PooledAdapterConfig,
  presets,
  type QFormerAdapterConfig,
  resolveAdapterConfig,
} from './config';
export { attentionAdapterModule, meanAdapterModule } from './pooled-adapter';
export { qformerAdapterModule } from './qformer-adapter';
export { linearAdapterModule, mlpAdapterModule } from './stepwise-adapters';
