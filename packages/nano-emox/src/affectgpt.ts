import { type FusionConfig, resolveFusionConfig } from '@nano-emox/fusion-experts';
import { presets as decoderPresets, resolveDecoderConfig } from '@nano-emox/lm-lora';
import { aroundLanguageModel } from './around-language-model';
import type { EmotionModelConfig } from './model-config';

/**
 * Qwen2.5-7B-Instruct (its config.json) with low-rank matrices of rank 16, as AffectGPT trains it: 40,370,176 weights. Their scale
 * is not published with the paper; this is the one of Nano-EmoX.
 */
const languageModel = resolveDecoderConfig({
  ...decoderPresets.paper,
  vocabSize: 152_064,
  hidden: 3584,
  heads: 28,
  keyHeads: 4,
  mlp: 18_944,
  tiedHead: false,
});

/**
 * AffectGPT as a whole model: CLIP and HuBERT behind Q-Formers, a pre-fusion of both outside the language model, no encoder for faces. Its
 * main variant shows CLIP the crops of faces; here CLIP sees the frames, which is the paper's variant of audio, frames and text.
 * @see AffectGPT (ICML 2025, arXiv 2501.16566)
 */
export function affectGpt(
  name: string,
  base: EmotionModelConfig,
  preFusion: Extract<FusionConfig['type'], 'attention' | 'qformer'>,
): EmotionModelConfig {
  const { audioDim, sceneDim, tokens } = base.fusion;
  const fusion = resolveFusionConfig({ type: preFusion, audioDim, sceneDim, tokens });
  return { ...aroundLanguageModel({ ...base, fusion }, languageModel), preset: name, without: ['face'] };
}
