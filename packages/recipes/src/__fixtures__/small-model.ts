import type { TextTokenizer } from '@nano-emox/lm-lora';
import { folder } from '@nano-emox/weights-tiny';
import { type EmotionModelConfig, presets, resolveModelConfig } from 'nano-emox';
import { partsOfModel } from '../train/pretrained-folders';
import { readTokenizer } from '../train/trainable-network';

const { tiny } = presets;
const qformer = { type: 'qformer', tokens: 2, hidden: 16, heads: 2, mlpDim: 32, layers: 1 } as const;

/** The tiny model with every part as small as its structure allows: trains in fractions of a second. */
export const smallConfig: EmotionModelConfig = resolveModelConfig({
  ...tiny,
  preset: 'small-fixture',
  input: { ...tiny.input, clips: 2 },
  faceEncoder: {
    ...tiny.faceEncoder,
    ...{ imageSize: 32, embedDim: 8, depths: [1, 1], heads: [1, 2], windowSize: 2 },
    ...{ headWidth: 16, projectionDim: 32, lmDim: 32 },
  },
  sceneEncoder: {
    ...tiny.sceneEncoder,
    ...{ imageSize: 32, patchSize: 16, hidden: 16, layers: 3, heads: 2, mlp: 32, levels: [1, 2, 3], featureLevel: 3 },
  },
  audioEncoder: {
    ...tiny.audioEncoder,
    ...{ convolutions: tiny.audioEncoder.convolutions.map((layer) => ({ ...layer, filters: 8 })) },
    ...{ hidden: 16, layers: 3, heads: 2, mlpDim: 32, positionKernel: 8, positionGroups: 2, levels: [1, 2, 3], featureLevels: [1, 2, 3] },
  },
  videoAdapter: { ...qformer, modality: 'frame', inputDim: 16, lmDim: 32 } as EmotionModelConfig['videoAdapter'],
  audioAdapter: { ...qformer, modality: 'audio', inputDim: 16, lmDim: 32 } as EmotionModelConfig['audioAdapter'],
  fusion: { ...tiny.fusion, audioDim: 16, sceneDim: 16, hidden: 16, heads: 2, lmDim: 32 } as EmotionModelConfig['fusion'],
  languageModel: {
    ...tiny.languageModel,
    ...{ hidden: 32, layers: 1, heads: 2, keyHeads: 1, headDim: 16, mlp: 64, lora: { ...tiny.languageModel.lora, rank: 2, alpha: 4 } },
  } as EmotionModelConfig['languageModel'],
});

/** The tokenizer that ships with the tiny weights. */
export const readTokenizerOfTiny = (): Promise<TextTokenizer> => readTokenizer(partsOfModel(folder).languageModel);
