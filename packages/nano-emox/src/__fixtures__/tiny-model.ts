import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TokenizerJson } from '@nano-emox/lm-lora';
import { type EmotionModelConfig, type ModelOptions, NanoEmoX, presets } from '../index';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** The clip that ships with the package. */
export const sampleClip = path('../../assets/sample-clip.mp4');

/** Folder of the trained tiny model, when the repository has it. */
export const trainedModelFolder = path('../../../weights-tiny/model');
export const hasTrainedModel = existsSync(`${trainedModelFolder}/config.json`);

/** The tokenizer of the tiny model. */
export const tokenizer = JSON.parse(
  readFileSync(`${trainedModelFolder}/language-model/tokenizer.json`, 'utf8'),
) as TokenizerJson;

/** A tiny model with fresh weights. What it says is noise; how it runs is not. */
export function createTinyModel(
  options: ModelOptions = {},
  config: Partial<EmotionModelConfig> = presets.tiny,
): Promise<NanoEmoX> {
  return NanoEmoX.create(config, { seed: 1, ...options, tokenizer });
}

/** Fresh weights never stop by themselves: a few tokens show as much as many. */
export const brief = { maxNewTokens: 4 } as const;
