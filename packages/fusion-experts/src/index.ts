export { attentionFusionModule } from './attention-fusion';
export {
  type AttentionFusionConfig,
  type DenseMixtureFusionConfig,
  type FusionConfig,
  type MultiscaleFusionConfig,
  presets,
  type QFormerFusionConfig,
  resolveFusionConfig,
} from './config';
export { denseMixtureFusionModule } from './dense-mixture-fusion';
export { type FusedClip, FusionExperts } from './fusion-experts';
export { type FusionInputs, type FusionOutputs, fusionDefinition, fusionModule } from './fusion-module';
export { multiscaleFusionModule } from './multiscale-fusion';
export { qformerFusionModule } from './qformer-fusion';
