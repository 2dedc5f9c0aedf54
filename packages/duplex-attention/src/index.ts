export {
  type CodeVariantConfig,
  type DuplexAttentionConfig,
  type PaperVariantConfig,
  presets,
  resolveDuplexConfig,
} from './config';
export {
  type AttentionDiscrepancy,
  discrepancyOf,
  type GroupAttention,
  type LayerDiscrepancy,
} from './discrepancy';
export { duplexAttention, isDuplexWeight } from './duplex-attention';
export { type DuplexLayerConfig, duplexAttentionModule } from './duplex-module';
export { isUnusedPublishedWeight, publishedNames } from './foreign-names';
export { observeAttention } from './observe-attention';
