import { type AdapterConfig, presets as adapterPresets, resolveAdapterConfig } from '@nano-emox/adapters';
import {
  type AudioEncoderConfig,
  presets as audioPresets,
  resolveAudioEncoderConfig as resolveAudioConfig,
} from '@nano-emox/audio-encoder';
import { type PerceptionHeadConfig, resolvePerceptionConfig } from '@nano-emox/distillation';
import { duplexAttention } from '@nano-emox/duplex-attention';
import {
  type FaceEncoderConfig,
  presets as facePresets,
  frameSize,
  resolveConfig as resolveFaceConfig,
} from '@nano-emox/face-encoder';
import { type FusionConfig, presets as fusionPresets, resolveFusionConfig } from '@nano-emox/fusion-experts';
import { type DecoderConfig, presets as decoderPresets, resolveExtendedConfig } from '@nano-emox/lm-lora';
import {
  resolveConfig as resolveSceneConfig,
  type SceneEncoderConfig,
  presets as scenePresets,
} from '@nano-emox/scene-encoder';
import { formatAnswer, parseAnswer } from '@nano-emox/tasks';
import { InvalidConfigError } from '@nano-emox/tensor-contract';
import { affectGpt } from './affectgpt';
import { aroundLanguageModel } from './around-language-model';

/** How a clip becomes inputs and a question becomes text: the same in training and in use. */
export interface InputConfig {
  /** Frames per clip. @default 8 */
  readonly frames: number;
  /** Sound clips per clip. @default 8 */
  readonly clips: number;
  /** What the face encoder sees: the detected face, or the whole frame as in the released code. @default 'detect' */
  readonly faceCrop: 'detect' | 'whole-frame';
  /** Whether closed-set questions list their candidates; a small model learns the set and is faster without. @default true */
  readonly listCandidates: boolean;
}

/** Branches that a model can do without. */
export const optionalBranches = ['face', 'multi'] as const;
export type OptionalBranch = (typeof optionalBranches)[number];

/** Configuration of the whole model: one entry per component. */
export interface EmotionModelConfig {
  /** Name of the preset it was derived from, for reports. */
  readonly preset: string;
  readonly input: InputConfig;
  readonly faceEncoder: FaceEncoderConfig;
  readonly sceneEncoder: SceneEncoderConfig;
  readonly audioEncoder: AudioEncoderConfig;
  readonly videoAdapter: AdapterConfig;
  readonly audioAdapter: AdapterConfig;
  readonly fusion: FusionConfig;
  /** `attention: { type: 'duplex-attention', … }` gives it the duplex attention of MODA. @default plain attention */
  readonly languageModel: DecoderConfig;
  /** Branches (`multi` is the fusion) that contribute no soft tokens, though their components are there. @default none */
  readonly without?: readonly OptionalBranch[];
  /** A classifier on one encoder that decides on the emotion (MER) together with the language model. @default none */
  readonly perceptionHead?: PerceptionHeadConfig;
}

const defaultInput: InputConfig = { frames: 8, clips: 8, faceCrop: 'detect', listCandidates: true };

const paper = {
  preset: 'paper',
  input: defaultInput,
  faceEncoder: facePresets.paper,
  sceneEncoder: scenePresets.paper,
  audioEncoder: audioPresets.paper,
  videoAdapter: adapterPresets.paper.frame,
  audioAdapter: adapterPresets.paper.audio,
  fusion: fusionPresets.paper,
  languageModel: decoderPresets.paper,
} as const satisfies EmotionModelConfig;

const tiny = {
  preset: 'tiny',
  input: { ...defaultInput, listCandidates: false },
  faceEncoder: facePresets.tiny,
  sceneEncoder: scenePresets.tiny,
  audioEncoder: audioPresets.tiny,
  videoAdapter: adapterPresets.tiny.frame,
  audioAdapter: adapterPresets.tiny.audio,
  fusion: fusionPresets.tiny,
  // <|im_start|> and <|im_end|> of the tokenizer that ships with the weights.
  languageModel: { ...decoderPresets.tiny, specialTokens: { bos: 4089, eos: [4090] } },
} as const satisfies EmotionModelConfig;

/** The encoders and adapters of `tiny` around a language model that was taught on the texts of the world. */
const small = {
  ...aroundLanguageModel(tiny, decoderPresets.small),
  preset: 'small',
  input: defaultInput,
} as const satisfies EmotionModelConfig;

/**
 * `paper`: the published sizes. `small`: a real language model of 135 M weights behind small encoders, for laptops. `tiny`: the embedded
 * model, every part small, the same structure. `affectgptAttention`, `affectgptQformer`: AffectGPT with either pre-fusion, at its published sizes.
 */
export const presets = {
  paper,
  small,
  tiny,
  affectgptAttention: affectGpt('affectgptAttention', paper, 'attention'),
  affectgptQformer: affectGpt('affectgptQformer', paper, 'qformer'),
} as const satisfies Readonly<Record<string, EmotionModelConfig>>;

/** Resolves every component and checks that their widths meet. @throws InvalidConfigError naming the field */
export function resolveModelConfig(partial: Partial<EmotionModelConfig>): EmotionModelConfig {
  const config: EmotionModelConfig = {
    preset: partial.preset ?? 'custom',
    input: { ...defaultInput, ...partial.input },
    faceEncoder: resolveFaceConfig(partial.faceEncoder ?? {}),
    sceneEncoder: resolveSceneConfig(partial.sceneEncoder ?? {}),
    audioEncoder: resolveAudioConfig(partial.audioEncoder ?? {}),
    videoAdapter: resolveAdapterConfig({ modality: 'frame', ...partial.videoAdapter } as Partial<AdapterConfig>),
    audioAdapter: resolveAdapterConfig({ modality: 'audio', ...partial.audioAdapter } as Partial<AdapterConfig>),
    fusion: resolveFusionConfig(partial.fusion ?? {}),
    languageModel: resolveExtendedConfig(partial.languageModel ?? {}, duplexAttention),
    ...(partial.without && partial.without.length > 0 && { without: requireBranches(partial.without) }),
    ...(partial.perceptionHead && { perceptionHead: resolvePerception(partial.perceptionHead) }),
  };
  checkConnections(config);
  return config;
}

/** Whether a branch contributes soft tokens. */
export const hasBranch = ({ without }: EmotionModelConfig, branch: OptionalBranch): boolean =>
  !without?.includes(branch);

function requireBranches(without: readonly OptionalBranch[]): readonly OptionalBranch[] {
  const unknown = without.find((branch) => !optionalBranches.includes(branch));
  if (unknown === undefined) return without;
  throw new InvalidConfigError({
    message: `the model cannot do without ${unknown}`,
    hint: `Branches that can be left out: ${optionalBranches.join(', ')}.`,
    field: 'without',
  });
}

/** Its labels must be words that an answer to MER can name. @throws InvalidConfigError, InvalidArgumentError */
function resolvePerception(partial: PerceptionHeadConfig): PerceptionHeadConfig {
  const config = resolvePerceptionConfig(partial);
  const { labels } = config.head;
  const isReadBack = (emotion: string) => {
    const outcome = parseAnswer('mer', formatAnswer('mer', { emotion }, { candidates: labels }), {
      candidates: labels,
    });
    return outcome.status === 'parsed' && outcome.value.emotion === emotion;
  };
  const unreadable = labels.find((label) => !isReadBack(label));
  if (unreadable === undefined) return config;
  throw new InvalidConfigError({
    message: `perceptionHead: the language model cannot answer with the label ${JSON.stringify(unreadable)}`,
    hint: 'Use lower-case labels of letters, digits, spaces, hyphens or apostrophes.',
    field: 'perceptionHead.head.labels',
  });
}

/** Neighbours must agree on widths, and faces are cropped as squares. */
function checkConnections(config: EmotionModelConfig): void {
  checkFaceFrames(config);
  const { sceneEncoder, audioEncoder, videoAdapter, audioAdapter, fusion, faceEncoder, languageModel } = config;
  const { perceptionHead } = config;
  const readDims = { face: faceEncoder.headWidth, scene: sceneEncoder.hidden };
  const pairs: [string, number, number][] = [
    ['faceEncoder.lmDim', faceEncoder.lmDim, languageModel.hidden],
    ['videoAdapter.lmDim', videoAdapter.lmDim, languageModel.hidden],
    ['audioAdapter.lmDim', audioAdapter.lmDim, languageModel.hidden],
    ['fusion.lmDim', fusion.lmDim, languageModel.hidden],
    ['videoAdapter.inputDim', videoAdapter.inputDim, sceneEncoder.hidden],
    ['audioAdapter.inputDim', audioAdapter.inputDim, audioEncoder.hidden],
    ['fusion.sceneDim', fusion.sceneDim, sceneEncoder.hidden],
    ['fusion.audioDim', fusion.audioDim, audioEncoder.hidden],
    ...(fusion.type === 'multiscale'
      ? ([
          ['sceneEncoder.levels.length', sceneEncoder.levels.length, fusion.experts],
          ['audioEncoder.levels.length', audioEncoder.levels.length, fusion.experts],
        ] as [string, number, number][])
      : []),
    ...(perceptionHead
      ? ([['perceptionHead.head.featureDim', perceptionHead.head.featureDim, readDims[perceptionHead.reads]]] as [
          string,
          number,
          number,
        ][])
      : []),
  ];
  for (const [field, received, expected] of pairs) {
    if (received === expected) continue;
    throw new InvalidConfigError({
      message: `the model does not fit together: ${field} is ${received}, its neighbour has ${expected}`,
      hint: 'Start from a preset and change both sides of a connection.',
      field,
    });
  }
}

function checkFaceFrames({ faceEncoder }: EmotionModelConfig): void {
  const [height, width] = frameSize(faceEncoder);
  if (height === width) return;
  throw new InvalidConfigError({
    message: `the model shows square faces to an encoder that reads ${height} × ${width} pixels`,
    hint: 'Give faceEncoder.imageSize as one number.',
    field: 'faceEncoder.imageSize',
  });
}
