import { initializeWeights, Random, traceModule } from '@nano-emox/engine';
import { buildSequence, TextTokenizer } from '@nano-emox/lm-lora';
import { buildPrompt, type ModalityMode } from '@nano-emox/tasks';
import type { FloatTensor } from '@nano-emox/tensor-contract';
import { presets } from '../index';
import type { ClipFeatures, EmotionSample } from '../training/collate-emotion-batch';
import { emotionNetwork, softTokenCounts } from '../training/emotion-network';
import { tokenizer as tokenizerJson } from './tiny-model';

/** The network of the tiny preset, traced. */
export const config = presets.tiny;
const { frames, clips } = config.input;
export const tokenizer = TextTokenizer.fromJson(tokenizerJson);
const random = new Random(17);
export const graph = traceModule(emotionNetwork, config);

/** Fresh weights; those that begin as zero, such as the B of LoRA, get values, or half the model would not be seen. */
export const weights = new Map(
  [...initializeWeights(graph, 4)].map(([name, tensor]): [string, FloatTensor] => [
    name,
    tensor.data.some((value) => value !== 0)
      ? tensor
      : { ...tensor, data: tensor.data.map(() => 0.05 * random.normal()) },
  ]),
);
const values = (...dims: number[]): FloatTensor => ({
  type: 'float32',
  dims: [1, ...dims],
  data: new Float32Array(dims.reduce((product, size) => product * size, 1)).map(() => random.normal()),
});

/** Features of a clip, as the encoders give them. */
const seen = () => ({
  face: values(frames, config.faceEncoder.headWidth),
  scene: values(frames, config.sceneEncoder.hidden),
  sceneLevels: values(frames, 3, config.sceneEncoder.hidden),
});
const heard = () => ({
  audio: values(clips, config.audioEncoder.hidden),
  audioLevels: values(clips, 3, config.audioEncoder.hidden),
});
type Seen = Partial<ReturnType<typeof seen> & ReturnType<typeof heard>>;

/** One conversation for each set of modalities that a clip may have. */
export const conversations: { mode: ModalityMode; features: Seen; words: string; answer: string }[] = [
  {
    mode: 'multiface_audio_face_frame_text',
    features: { ...seen(), ...heard() },
    words: 'I cannot believe it!',
    answer: 'happy, surprised###',
  },
  { mode: 'audio_text', features: heard(), words: 'Leave me alone.', answer: 'angry###' },
  { mode: 'face_frame_text', features: seen(), words: '', answer: 'calm, content, at ease with the world###' },
  { mode: 'textonly', features: {}, words: 'My dog ran away.', answer: 'sad###' },
];

export const promptOf = ({ mode, words }: (typeof conversations)[number]) => buildPrompt('ovMer', { mode, subtitle: words });

/** The conversations as samples, with features from a random generator. */
export const samples = conversations.map((conversation): EmotionSample => {
  const features = Object.entries(conversation.features).map(([name, { data }]) => [name, data]);
  return {
    features: Object.fromEntries(features) as ClipFeatures,
    sequence: buildSequence(tokenizer, promptOf(conversation), conversation.answer, {
      tokenCounts: softTokenCounts(config),
      specialTokens: config.languageModel.specialTokens,
    }),
  };
});
