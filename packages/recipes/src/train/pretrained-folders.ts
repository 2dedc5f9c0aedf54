import { join } from 'node:path';
import { componentFolders } from 'nano-emox';

/** Folders of the parts that a curriculum starts from, each with `config.json` and `model.safetensors`. */
export interface PretrainedFolders {
  readonly faceEncoder: string;
  readonly sceneEncoder: string;
  readonly audioEncoder: string;
  /** Also holds `tokenizer.json`. */
  readonly languageModel: string;
}

/** The parts inside the folder of a model. */
export function partsOfModel(folder: string): PretrainedFolders {
  const path = (part: keyof PretrainedFolders) => join(folder, componentFolders[part]);
  return {
    faceEncoder: path('faceEncoder'),
    sceneEncoder: path('sceneEncoder'),
    audioEncoder: path('audioEncoder'),
    languageModel: path('languageModel'),
  };
}
