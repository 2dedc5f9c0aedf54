import { join } from 'node:path';
import { bindWeights, initializeWeights, type TensorMap, traceModule } from '@nano-emox/engine';
import { readModelFolder } from '@nano-emox/engine/runtime';
import { prefixWeights, readJsonFile } from '@nano-emox/engine/weights';
import { isLoraWeight, TextTokenizer, type TokenizerJson } from '@nano-emox/lm-lora';
import type { TrainableModel } from '@nano-emox/p2e';
import type { HostTensor } from '@nano-emox/tensor-contract';
import type { EmotionModelConfig } from 'nano-emox';
import {
  collateEmotionBatch,
  type EmotionSample,
  emotionNetwork,
  isDuplexWeight,
  weightRoots,
} from 'nano-emox/training';

/**
 * The network above the encoders: adapters, fusion and LoRA fresh from the seed, on a pretrained language model. Low-rank
 * matrices that the folder has are not used; duplex attention is taken from it where both have it, and begins as the identity where
 * the folder has none.
 * @throws MissingFileError, InvalidFileError, WeightsMismatchError when the language model has other sizes than `config`
 */
export async function trainableNetwork(
  config: EmotionModelConfig,
  languageFolder: string,
  seed: number,
): Promise<TrainableModel<EmotionSample>> {
  const graph = traceModule(emotionNetwork, config);
  const { weights: stored } = await readModelFolder(languageFolder);
  const hasDuplex = config.languageModel.attention !== undefined;
  const base = new Map([...stored].filter(([name]) => !isLoraWeight(name) && (hasDuplex || !isDuplexWeight(name))));
  const language = prefixWeights(base, weightRoots.languageModel);
  const isPretrained = (name: string) =>
    name.startsWith(weightRoots.languageModel) && !isLoraWeight(name) && (!isDuplexWeight(name) || language.has(name));
  const fresh = [...initializeWeights(graph, seed)].filter(([name]) => !isPretrained(name));
  const weights = new Map<string, HostTensor>([...fresh, ...language]);
  return {
    graph,
    weights: bindWeights(`the language model in ${languageFolder}`, graph, weights),
    collate: (samples) => collateEmotionBatch(samples, config),
    countTokens: ({ attentionMask }: TensorMap) =>
      (attentionMask as HostTensor<'bool'>).data.reduce((sum, isToken) => sum + isToken, 0),
  };
}

/** The tokenizer in the folder of a language model. @throws MissingFileError, InvalidFileError */
export async function readTokenizer(languageFolder: string): Promise<TextTokenizer> {
  const path = join(languageFolder, 'tokenizer.json');
  return TextTokenizer.fromJson((await readJsonFile(path)) as TokenizerJson, path);
}
