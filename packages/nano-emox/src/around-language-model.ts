import type { EmotionModelConfig } from './model-config';

/**
 * A configuration with another language model: everything that makes soft tokens makes them as wide as it reads them.
 * @example
 * const published = aroundLanguageModel(presets.paper, presets.small.languageModel); // the published encoders, a smaller reader
 */
export function aroundLanguageModel(
  config: EmotionModelConfig,
  languageModel: EmotionModelConfig['languageModel'],
): EmotionModelConfig {
  const lmDim = languageModel.hidden;
  return {
    ...config,
    faceEncoder: { ...config.faceEncoder, lmDim },
    videoAdapter: { ...config.videoAdapter, lmDim },
    audioAdapter: { ...config.audioAdapter, lmDim },
    fusion: { ...config.fusion, lmDim },
    languageModel,
  };
}
