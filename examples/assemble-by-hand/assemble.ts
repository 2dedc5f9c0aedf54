// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { join } from 'node:path';
import { Adapter } from '@nano-emox/adapters';
import { AudioEncoder } from '@nano-emox/audio-encoder';
import { FaceEncoder } from '@nano-emox/face-encoder';
import { FusionExperts } from '@nano-emox/fusion-experts';
import { CausalLanguageModel } from '@nano-emox/lm-lora';
import { loadClip } from '@nano-emox/media';
import { SceneEncoder } from '@nano-emox/scene-encoder';
import { answerStop, buildPrompt, readGenerated } from '@nano-emox/tasks';
import type { GeneratedToken, HostTensor, SoftTokens } from '@nano-emox/tensor-contract';
import { folder } from '@nano-emox/weights-tiny';

// The parts, each from a folder of its own. Any of them can be another one that keeps the same interface.
const faceEncoder = await FaceEncoder.fromPretrained(join(folder, 'face-encoder'));
const sceneEncoder = await SceneEncoder.fromPretrained(join(folder, 'scene-encoder'));
const audioEncoder = await AudioEncoder.fromPretrained(join(folder, 'audio-encoder'));
const videoAdapter = await Adapter.fromPretrained(join(folder, 'video-adapter'));
const audioAdapter = await Adapter.fromPretrained(join(folder, 'audio-adapter'));
const fusion = await FusionExperts.fromPretrained(join(folder, 'fusion-experts'));
const languageModel = await CausalLanguageModel.fromPretrained(join(folder, 'language-model'));

// A clip: 8 frames of the scene, the face in each of them, and 8 pieces of sound.
const path = join(import.meta.dirname, 'clip.mp4');
const sizes = { frameSizePx: sceneEncoder.config.imageSize, faceSizePx: Number(faceEncoder.config.imageSize) };
const { video, audio } = await loadClip(path, { ...sizes, faceCrop: 'detect', require: ['video', 'audio'] });
if (!video || !audio) throw new Error('loadClip keeps what `require` asks for');
const batchOfOne = <T extends HostTensor>(tensor: T): T => ({ ...tensor, dims: [1, ...tensor.dims] });

// Features, then soft tokens: vectors that the language model reads as it reads words.
const face = await faceEncoder.encode(batchOfOne(video.faceFrames));
const scene = await sceneEncoder.encode(batchOfOne(video.frames));
const voice = await audioEncoder.encode(batchOfOne(audio.clips));
const fused = await fusion.fuse({ audio: voice.levels, scene: scene.levels });
const softTokens: SoftTokens[] = [
  { modality: 'face', embeddings: face.tokens },
  await videoAdapter.adapt(scene.features),
  await audioAdapter.adapt(voice.features),
  fused,
];
for (const { modality, embeddings } of softTokens) console.log(modality, embeddings.dims);

// A question, the answer token by token, and what it means. The tiny model learned without lists of candidates.
const words = 'Ha ha, I passed my maths exam with the best mark of all.';
const prompt = buildPrompt('mer', { subtitle: words, candidates: false });
const tokens: GeneratedToken[] = [];
for await (const token of languageModel.generate(prompt, softTokens, { maxNewTokens: 24, stop: [answerStop] })) {
  tokens.push(token);
}
const answer = readGenerated('mer', tokens);
console.log(answer.status === 'parsed' ? answer.value : answer.detail);

const parts = [faceEncoder, sceneEncoder, audioEncoder, videoAdapter, audioAdapter, fusion, languageModel];
for (const part of parts) await part.dispose();
