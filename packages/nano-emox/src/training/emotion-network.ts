import { adapterModule } from '@nano-emox/adapters';
import { duplexAttention } from '@nano-emox/duplex-attention';
import { concat, crossEntropy, defineModule, flattenRows, gather } from '@nano-emox/engine';
import { faceTokensModule } from '@nano-emox/face-encoder';
import { fusionModule } from '@nano-emox/fusion-experts';
import { decodeSequences, languageModelHead, type TokenCounts } from '@nano-emox/lm-lora';
import { bool, f32, i64 } from '@nano-emox/tensor-contract';
import { type EmotionModelConfig, hasBranch } from '../model-config';

/** Roots of the weight names, as in the published checkpoint. */
export const weightRoots = { face: 'facial_encoder', languageModel: 'llama_model.base_model.model' } as const;

/** Inputs from the encoders; a configuration reads some of them. */
const featureSpecs = ({ faceEncoder, sceneEncoder, audioEncoder, fusion }: EmotionModelConfig) => ({
  faceFeatures: f32('batch', 'frames', faceEncoder.headWidth),
  sceneFeatures: f32('batch', 'frames', sceneEncoder.hidden),
  sceneLevels: f32('batch', 'frames', levelsOf(fusion), sceneEncoder.hidden),
  audioFeatures: f32('batch', 'clips', audioEncoder.hidden),
  audioLevels: f32('batch', 'clips', levelsOf(fusion), audioEncoder.hidden),
});
const kindsSpec = { kinds: i64('batch', 'time') };
type FeatureInput = keyof ReturnType<typeof featureSpecs>;

/** Whether the network of a configuration reads an input: levels are for the multi-scale fusion alone. */
export function readsFeature(config: EmotionModelConfig, name: FeatureInput): boolean {
  if (name === 'faceFeatures') return hasBranch(config, 'face');
  return !name.endsWith('Levels') || readsLevels(config);
}

const readsLevels = (config: EmotionModelConfig): boolean =>
  hasBranch(config, 'multi') && config.fusion.type === 'multiscale';

/**
 * Everything above the frozen encoders, from cached features to the loss: adapters, fusion and language model in one graph,
 * built from the same modules that the components run. Branches that the configuration does without are not in it.
 */
export const emotionNetwork = defineModule({
  name: 'EmotionNetwork',
  inputs: (config: EmotionModelConfig) => ({
    ...(Object.fromEntries(
      Object.entries(featureSpecs(config)).filter(([name]) => readsFeature(config, name as FeatureInput)),
    ) as ReturnType<typeof featureSpecs>),
    inputIds: i64('batch', 'time'),
    attentionMask: bool('batch', 'time'),
    spliceIndex: i64('batch', 'time'),
    /** `tokenKinds`, for a language model with an attention that reads them. */
    ...((config.languageModel.attention && kindsSpec) as typeof kindsSpec),
    /** Columns whose next token is supervised, with batch and time joined. */
    rows: i64('rows'),
    /** The next token of each row. */
    targets: i64('rows'),
  }),
  outputs: () => ({ loss: f32() }),
  forward(inputs, weights, config) {
    const { sceneFeatures, audioFeatures } = inputs;
    const frame = adapterModule.forward({ features: sceneFeatures }, weights, config.videoAdapter).tokens;
    const audio = adapterModule.forward({ features: audioFeatures }, weights, config.audioAdapter).tokens;
    const branches = [frame];
    if (hasBranch(config, 'face')) {
      const faceWeights = weights.scope(weightRoots.face);
      branches.push(
        faceTokensModule.forward({ features: inputs.faceFeatures }, faceWeights, config.faceEncoder).tokens,
      );
    }
    branches.push(audio);
    if (hasBranch(config, 'multi')) {
      const fusionInputs = {
        audio: readsLevels(config) ? inputs.audioLevels : audioFeatures,
        scene: readsLevels(config) ? inputs.sceneLevels : sceneFeatures,
      } as Parameters<typeof fusionModule.forward>[0];
      branches.push(fusionModule.forward(fusionInputs, weights, config.fusion).tokens);
    }
    const softTokens = concat(branches, 1); // [batch, soft, hidden]: the order of the splice
    const language = weights.scope(weightRoots.languageModel);
    const { inputIds, attentionMask, spliceIndex, kinds } = inputs;
    const { hidden } = decodeSequences(
      { inputIds, attentionMask, spliceIndex, kinds, softTokens },
      language,
      config.languageModel,
      duplexAttention,
    );
    // Only supervised rows go through the output layer, which is as wide as the vocabulary.
    const supervised = gather(flattenRows(hidden), inputs.rows); // [rows, hidden]
    return { loss: crossEntropy(languageModelHead(supervised, language, config.languageModel), inputs.targets) };
  },
});

/** Depths the fusion reads. */
export function levelsOf(fusion: EmotionModelConfig['fusion']): number {
  return fusion.type === 'multiscale' ? fusion.experts : 1;
}

/** Soft tokens per modality that the branches of a configuration make for one clip. */
export function softTokenCounts(config: EmotionModelConfig): TokenCounts {
  const { videoAdapter, audioAdapter, faceEncoder, fusion, input } = config;
  const count = (adapter: EmotionModelConfig['videoAdapter'], time: number) =>
    'tokens' in adapter ? adapter.tokens : time;
  return {
    frame: count(videoAdapter, input.frames),
    ...(hasBranch(config, 'face') && { face: faceEncoder.queries }),
    audio: count(audioAdapter, input.clips),
    ...(hasBranch(config, 'multi') && { multi: fusion.tokens }),
  };
}
