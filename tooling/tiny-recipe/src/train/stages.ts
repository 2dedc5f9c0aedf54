import { pretrainFaceEncoder, pretrainSceneEncoder, type PretrainOptions } from './pretrain-faces';

type StageOptions = Omit<PretrainOptions, 'steps'> & Partial<Pick<PretrainOptions, 'steps'>>;

/** The stages of the recipe in order, by name; steps are those of the committed weights. */
export const stages: Readonly<Record<string, (options: StageOptions) => Promise<void>>> = {
  'face-encoder': (options) => pretrainFaceEncoder({ steps: 2800, ...options }),
  'scene-encoder': (options) => pretrainSceneEncoder({ steps: 1400, ...options }),
};
