export { type FaceEncoderConfig, presets, resolveConfig } from './config';
export { FaceEncoder, type FaceEncoding, faceEncoderDefinition } from './face-encoder';
export { faceEncoderModule, faceFeaturesModule, faceTokensModule } from './face-encoder-module';
export { fromFaceXFormerNames } from './foreign-names';
export { frameSize } from './swin/map-size';
