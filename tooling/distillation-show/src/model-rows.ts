import { answerVectors } from '@nano-emox/distillation';
import type { RgbImage } from '@nano-emox/media';
import { resizeBilinear, toFrameTensor } from '@nano-emox/media';
import { elementCount, type FloatTensor, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import type { NanoEmoX } from 'nano-emox';
import { classes, decodeFace, type Face } from './faces';

/** Encoder of the tiny model to build on. */
export type EncoderName = 'face' | 'scene';

/** Our model's words for the classes of FER2013 that differ. */
const wordFor: Readonly<Record<string, string>> = { anger: 'angry' };

/** Mean of the encoder's tokens per picture, `[pictures, featureDim]`: one token here, the feature of the one frame. */
export async function encoderFeatures(
  { components }: NanoEmoX,
  encoder: EncoderName,
  faces: readonly Face[],
): Promise<FloatTensor> {
  const { faceEncoder, sceneEncoder } = components;
  const chosen = encoder === 'face' ? faceEncoder : sceneEncoder;
  const frames = await framesOf(faces, Number(chosen.config.imageSize));
  const { features } = await chosen.encode(frames);
  return floatTensor(features.data, [faces.length, features.dims.at(-1) as number]);
}

/**
 * What the language model says from the face alone, one-hot `[pictures, classes]`; zeros where its answer is no class.
 */
export async function languageModelAnswers(model: NanoEmoX, faces: readonly Face[]): Promise<FloatTensor> {
  const answers: (string | undefined)[] = [];
  for (const face of faces) {
    const frames = await framesOf([face], Number(model.components.faceEncoder.config.imageSize));
    const { tokens } = await model.components.faceEncoder.encode(frames);
    const clip = {
      softTokens: [{ modality: 'face', embeddings: tokens }],
      modalities: ['face'],
      evidence: {},
      warnings: [],
    } as const;
    const { tasks } = await model.analyze(clip, { tasks: ['mer'], perceptionHead: false });
    const word = tasks.mer?.status === 'parsed' ? tasks.mer.value.emotion : undefined;
    const label = word && (wordFor[word] ?? word);
    answers.push(label && (classes as readonly string[]).includes(label) ? label : undefined);
  }
  return answerVectors(answers, classes);
}

/** Each picture as a clip of one frame: uint8 `[pictures, 1, 3, size, size]`. */
async function framesOf(faces: readonly Face[], sizePx: number): Promise<HostTensor<'uint8'>> {
  const dims = [faces.length, 1, 3, sizePx, sizePx];
  const data = new Uint8Array(elementCount(dims));
  for (const [row, face] of faces.entries()) {
    const picture: RgbImage = resizeBilinear(await decodeFace(face), sizePx, sizePx);
    data.set(toFrameTensor([picture]).data, row * 3 * sizePx * sizePx);
  }
  return { type: 'uint8', dims, data };
}
