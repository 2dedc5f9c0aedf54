import { evaluateModel } from './evaluate';
import { type PretrainOptions, pretrainFaceEncoder, pretrainSceneEncoder } from './pretrain-faces';
import { pretrainLanguageModel } from './pretrain-language';
import { pretrainAudioEncoder } from './pretrain-voices';
import { runCurriculum } from './run-curriculum';

type StageOptions = Omit<PretrainOptions, 'steps'> & Partial<Pick<PretrainOptions, 'steps'>>;

/** The stages of the recipe in order, by name; steps are those of the committed weights. */
export const stages: Readonly<Record<string, (options: StageOptions) => Promise<void>>> = {
  'face-encoder': (options) => pretrainFaceEncoder({ steps: 700, ...options }),
  'scene-encoder': (options) => pretrainSceneEncoder({ steps: 400, ...options }),
  'audio-encoder': (options) => pretrainAudioEncoder({ steps: 500, ...options }),
  'language-model': (options) => pretrainLanguageModel({ steps: 700, ...options }),
  curriculum: (options) => runCurriculum(options),
  evaluate: (options) => evaluateModel(options),
};
