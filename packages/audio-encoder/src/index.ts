export { AudioEncoder, type EncodedAudio } from './audio-encoder';
export { audioEncoderDefinition, audioEncoderModule, hubertStates } from './audio-encoder-module';
export {
  type AudioEncoderConfig,
  type ConvolutionLayerConfig,
  fewestSamples,
  hubertConvolutions,
  presets,
  resolveAudioEncoderConfig,
  stepsOf,
  type WaveformNormalization,
} from './config';
export { hubertNameTable } from './hubert-names';
