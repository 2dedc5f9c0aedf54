import { FORMAT_VERSION } from '@nano-emox/engine/runtime';
import { CHAT_TEMPLATE_FILE } from '@nano-emox/lm-lora';
import { InvalidArgumentError, type RunOptions, throwIfAborted } from '@nano-emox/tensor-contract';
import { type EmotionModelConfig, presets, resolveModelConfig } from '../model-config';
import type { ConvertEvent } from './events';
import { type ModelPart, modelParts, planParts } from './model-parts';
import { type OpenSources, openSources } from './open-sources';
import { requireComplete } from './require-complete';
import { requireAgreement, statedLanguageModel } from './source-config';
import { type ConvertStorage, jsonText, writeParts } from './write-parts';

/** What files become. */
export interface ConvertOptions extends RunOptions {
  /** Configuration of the whole model. @default `presets.paper`; for a language model alone, what its files state */
  readonly config?: Partial<EmotionModelConfig> | undefined;
  /** Parts to write. One part alone is written into the folder itself, to be loaded by its own package. @default all */
  readonly parts?: readonly ModelPart[] | undefined;
  /** @default 'source' */
  readonly storage?: ConvertStorage | undefined;
  readonly onEvent?: ((event: ConvertEvent) => void) | undefined;
}

/** A model on disk. */
export interface ConvertedModel {
  readonly folder: string;
  readonly parts: readonly ModelPart[];
}

/**
 * Makes a model folder out of the files people have: CLIP, HuBERT, FaceXFormer's `model.pt`, a language model of Hugging Face or in
 * GGUF, a LoRA folder of peft, and checkpoints of Nano-EmoX in the order they were trained in. What a file is, is told by its tensors.
 * Names and shapes of all files are checked before a value is read; then one tensor is in memory at a time, and the folder changes when
 * everything is written.
 * @throws WeightsMismatchError listing everything that is missing, unexpected or mis-shaped; InvalidConfigError (files of another size)
 * @throws InvalidArgumentError (no file for a part, a file of no known kind), MissingFileError, InvalidFileError, AbortedError
 * @example
 * await convertModel(['clip', 'hubert', 'model.pt', 'Qwen2.5-1.5B-Instruct', 'ckpt.pth', 'ckpt_2.pth', 'ckpt_3.pth'], 'model');
 * await convertModel(['SmolLM2-135M-Instruct.Q4_1.gguf'], 'lm', { parts: ['language-model'] });
 */
export async function convertModel(
  files: readonly string[],
  folder: string,
  options: ConvertOptions = {},
): Promise<ConvertedModel> {
  const { parts = modelParts, storage = 'source', signal, onEvent } = options;
  requireParts(parts);
  throwIfAborted(signal, 'convertModel');
  const sources = await openSources(files, { signal });
  try {
    const config = configOf(sources, parts, options.config);
    const plans = planParts(config, parts);
    const checkpoint = requireComplete(plans, sources);
    const isAlone = parts.length === 1;
    const folderOf = ({ part }: { readonly part: ModelPart }) => (isAlone ? '' : part);
    const texts = textsOf(sources, config, parts, isAlone ? '' : 'language-model/');
    await writeParts({ folder, plans, folderOf, checkpoint, texts, storage, signal, onEvent });
    return { folder, parts };
  } finally {
    await sources.dispose();
  }
}

function requireParts(parts: readonly ModelPart[]): void {
  const unknown = parts.find((part) => !modelParts.includes(part));
  if (unknown === undefined && parts.length > 0) return;
  throw new InvalidArgumentError({
    message: unknown === undefined ? 'no part is to be converted' : `there is no part ${unknown}`,
    hint: `Choose of ${modelParts.join(', ')}.`,
    argument: 'parts',
  });
}

function configOf(
  sources: OpenSources,
  parts: readonly ModelPart[],
  given: Partial<EmotionModelConfig> | undefined,
): EmotionModelConfig {
  const stated = statedLanguageModel(sources);
  if (given === undefined && parts.length === 1 && parts[0] === 'language-model' && stated) {
    return { ...presets.paper, languageModel: stated };
  }
  const config = resolveModelConfig(given ?? presets.paper);
  if (parts.includes('language-model')) requireAgreement(config.languageModel, sources);
  return config;
}

/** Files beside the weights: what the language model reads and writes texts with, and the configuration of a whole model. */
function textsOf(
  { languageModel }: OpenSources,
  config: EmotionModelConfig,
  parts: readonly ModelPart[],
  languageFolder: string,
): Map<string, string> {
  const texts = new Map<string, string>();
  if (parts.includes('language-model') && languageModel) {
    texts.set(`${languageFolder}tokenizer.json`, `${JSON.stringify(languageModel.tokenizer.json)}\n`);
    const template = languageModel.chatTemplate?.source;
    if (template !== undefined) texts.set(`${languageFolder}${CHAT_TEMPLATE_FILE}`, template);
  }
  // Last: a folder without it is not taken for a model.
  if (parts.length === modelParts.length) {
    texts.set('config.json', jsonText({ component: 'nano-emox', formatVersion: FORMAT_VERSION, ...config }));
  }
  return texts;
}
