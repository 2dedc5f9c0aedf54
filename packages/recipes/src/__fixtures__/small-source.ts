import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deriveSeed, Random } from '@nano-emox/engine';
import type { TokenizerJson } from '@nano-emox/lm-lora';
import { defaultModalityMode } from '@nano-emox/tasks';
import type { EmotionSampleRow } from '@nano-emox/tasks/datasets';
import { NanoEmoX } from 'nano-emox';
import type { EmotionSource } from '../index';
import { smallConfig } from './small-model';

const tokenizerFile = fileURLToPath(
  new URL('../../../weights-tiny/model/language-model/tokenizer.json', import.meta.url),
);
export const hasTokenizer = existsSync(tokenizerFile);

/** The small model with fresh weights: what it says is noise, how it is asked is not. */
export const createSmallModel = (): Promise<NanoEmoX> =>
  NanoEmoX.create(smallConfig, {
    tokenizer: JSON.parse(readFileSync(tokenizerFile, 'utf8')) as TokenizerJson,
    seed: 1,
    workers: 0,
  });

/** Emotion, valence, intent. */
const feelings = [
  ['happy', 0.8, 'praise'],
  ['sad', -0.6, 'complain'],
  ['anger', -0.7, 'oppose'],
] as const;

/** Clips with gold values for all six tasks and features from a random generator. */
export function smallSource(name: string, length: number): EmotionSource {
  const { input, faceEncoder, sceneEncoder, audioEncoder } = smallConfig;
  return {
    name,
    length,
    row: async (index): Promise<EmotionSampleRow> => {
      const [emotion, valence, intent] = feelings[index % feelings.length] as (typeof feelings)[number];
      return {
        id: `${name}-${index}`,
        dataSet: name,
        split: 'dev',
        subtitle: `These are words of clip ${index}.`,
        modalityMode: defaultModalityMode,
        targets: [
          { task: 'msa', value: { sentiment: valence > 0 ? 'positive' : 'negative', valence } },
          { task: 'mer', value: { emotion } },
          { task: 'ovMer', value: { emotions: [emotion] } },
          { task: 'eri', value: { reason: 'The voice is loud.', emotions: [emotion] } },
          { task: 'mir', value: { intent } },
          {
            task: 'erg',
            value: {
              chainOfEmpathy: {
                eventScenario: 'The speaker tells of a day.',
                speakerEmotion: emotion,
                emotionCause: 'the day',
                goalToResponse: 'be kind',
              },
              response: 'I hear you.',
            },
          },
        ],
      };
    },
    features: async (index) => {
      const random = new Random(deriveSeed(7, `${name} ${index}`));
      const values = (size: number) => new Float32Array(size).map(() => random.normal());
      return {
        face: values(input.frames * faceEncoder.headWidth),
        scene: values(input.frames * sceneEncoder.hidden),
        sceneLevels: values(input.frames * 3 * sceneEncoder.hidden),
        audio: values(input.clips * audioEncoder.hidden),
        audioLevels: values(input.clips * 3 * audioEncoder.hidden),
      };
    },
  };
}
