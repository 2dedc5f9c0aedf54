export { presets, resolveConfig, type SceneEncoderConfig } from './config';
export { SceneEncoder, type SceneEncoding, sceneEncoderDefinition } from './scene-encoder';
export { sceneEncoderModule } from './scene-encoder-module';
