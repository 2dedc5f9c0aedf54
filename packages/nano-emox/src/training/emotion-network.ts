import { adapterModule } from '@nano-emox/adapters';
import { concat, crossEntropy, defineModule, flattenRows, gather } from '@nano-emox/engine';
import { faceTokensModule } from '@nano-emox/face-encoder';
import { fusionModule } from '@nano-emox/fusion-experts';
import { decodeSequences, languageModelHead } from '@nano-emox/lm-lora';
import { bool, f32, i64 } from '@nano-emox/tensor-contract';
import type { EmotionModelConfig } from '../model-config';

/** Roots of the weight names, as in the published checkpoint. */
export const weightRoots = { face: 'facial_encoder', languageModel: 'llama_model.base_model.model' } as const;

/**
 * Everything above the frozen encoders, from cached features to the loss: adapters, fusion and language model in one graph,
 * built from the same modules that the components run.
 */
export const emotionNetwork = defineModule({
  name: 'EmotionNetwork',
  inputs: ({ faceEncoder, sceneEncoder, audioEncoder, fusion }: EmotionModelConfig) => ({
    faceFeatures: f32('batch', 'frames', faceEncoder.headWidth),
    sceneFeatures: f32('batch', 'frames', sceneEncoder.hidden),
    sceneLevels: f32('batch', 'frames', levelsOf(fusion), sceneEncoder.hidden),
    audioFeatures: f32('batch', 'clips', audioEncoder.hidden),
    audioLevels: f32('batch', 'clips', levelsOf(fusion), audioEncoder.hidden),
    inputIds: i64('batch', 'time'),
    attentionMask: bool('batch', 'time'),
    spliceIndex: i64('batch', 'time'),
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
    const face = faceTokensModule.forward(
      { features: inputs.faceFeatures },
      weights.scope(weightRoots.face),
      config.faceEncoder,
    ).tokens;
    const readsLevels = config.fusion.type === 'multiscale';
    const fusionInputs = {
      audio: readsLevels ? inputs.audioLevels : audioFeatures,
      scene: readsLevels ? inputs.sceneLevels : sceneFeatures,
    } as Parameters<typeof fusionModule.forward>[0];
    const multi = fusionModule.forward(fusionInputs, weights, config.fusion).tokens;
    const softTokens = concat([frame, face, audio, multi], 1); // [batch, soft, hidden]: the order of the splice
    const language = weights.scope(weightRoots.languageModel);
    const { inputIds, attentionMask, spliceIndex } = inputs;
    const { hidden } = decodeSequences(
      { inputIds, attentionMask, spliceIndex, softTokens },
      language,
      config.languageModel,
    );
    // Only supervised rows go through the output layer, which is as wide as the vocabulary.
    const supervised = gather(flattenRows(hidden), inputs.rows); // [rows, hidden]
    return { loss: crossEntropy(languageModelHead(supervised, language, config.languageModel), inputs.targets) };
  },
});

/** Depths the fusion reads; the alternatives that read one depth get the features as a single level. */
function levelsOf(fusion: EmotionModelConfig['fusion']): number {
  return fusion.type === 'multiscale' ? fusion.experts : 1;
}

/** Soft tokens per modality that the adapters of a configuration make for one clip. */
export function softTokenCounts({ videoAdapter, audioAdapter, faceEncoder, fusion, input }: EmotionModelConfig) {
  const count = (adapter: EmotionModelConfig['videoAdapter'], time: number) =>
    'tokens' in adapter ? adapter.tokens : time;
  return {
    frame: count(videoAdapter, input.frames),
    face: faceEncoder.queries,
    audio: count(audioAdapter, input.clips),
    multi: fusion.tokens,
  };
}
