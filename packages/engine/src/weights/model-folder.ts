import { join } from 'node:path';
import { type HostTensor, InvalidConfigError } from '@nano-emox/tensor-contract';
import { type StagedFile, stageFile } from './atomic-file';
import { readJsonFile } from './json-file';
import { safetensorsChunks } from './safetensors-chunks';
import { type ReadSafetensorsOptions, readSafetensors, type WriteSafetensorsOptions } from './safetensors-file';

/** Version of the folder layout that is written; a change of its meaning raises it and adds an upgrade on reading. */
export const MODEL_FORMAT_VERSION = 1;

const CONFIG_FILE = 'config.json';
const WEIGHTS_FILE = 'model.safetensors';

/** A model in memory: plain JSON configuration and its weights under upstream names. */
export interface StoredModel {
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights: ReadonlyMap<string, HostTensor>;
}

/** How a model folder is written. */
export interface SaveModelOptions extends WriteSafetensorsOptions {
  /** Metadata of the weights file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes `config.json` and `model.safetensors` into `folder`. Both files are complete before either gets its name, so an
 * aborted or failed save leaves an older model as it was. `formatVersion` is added to the configuration.
 * @throws InvalidConfigError (not plain JSON, other format version), InvalidArgumentError, NonFiniteError, AbortedError,
 * InvalidFileError (cannot be written)
 */
export async function saveModelFolder(
  folder: string,
  model: StoredModel,
  options: SaveModelOptions = {},
): Promise<void> {
  const config = requireFormatVersion({ formatVersion: MODEL_FORMAT_VERSION, ...model.config }, folder);
  const text = `${configText(config, folder)}\n`;
  const write = { signal: options.signal };
  const staged: StagedFile[] = [];
  try {
    const weights = safetensorsChunks(model.weights, options.metadata ?? {}, options);
    staged.push(await stageFile(join(folder, WEIGHTS_FILE), weights, write));
    staged.push(await stageFile(join(folder, CONFIG_FILE), text, write));
    for (const file of staged) await file.commit();
  } catch (error) {
    await Promise.all(staged.map((file) => file.discard()));
    throw error;
  }
}

/**
 * Reads a folder written by {@link saveModelFolder}.
 * @throws MissingFileError, InvalidFileError, InvalidConfigError (not an object, unsupported format version), NonFiniteError, AbortedError
 */
export async function loadModelFolder(folder: string, options: ReadSafetensorsOptions = {}): Promise<StoredModel> {
  const path = join(folder, CONFIG_FILE);
  const config = await readJsonFile(path);
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new InvalidConfigError({
      message: `${path} does not hold an object`,
      hint: 'Give the folder of a saved model.',
      field: CONFIG_FILE,
    });
  }
  requireFormatVersion(config as StoredModel['config'], path);
  const { tensors } = await readSafetensors(join(folder, WEIGHTS_FILE), options);
  return { config: config as StoredModel['config'], weights: tensors };
}

function requireFormatVersion(config: StoredModel['config'], where: string): StoredModel['config'] {
  if (config.formatVersion === MODEL_FORMAT_VERSION) return config;
  throw new InvalidConfigError({
    message: `${where}: formatVersion is ${JSON.stringify(config.formatVersion)}, this version reads ${MODEL_FORMAT_VERSION}`,
    hint: 'Update nano-emox to read newer models; a folder without formatVersion was not saved by nano-emox.',
    field: 'formatVersion',
  });
}

function configText(config: StoredModel['config'], folder: string): string {
  try {
    return JSON.stringify(config, null, 2);
  } catch (error) {
    throw new InvalidConfigError({
      message: `${folder}: the configuration is not plain JSON`,
      hint: 'Keep numbers, texts, booleans, lists and objects only.',
      field: 'config',
      cause: error,
    });
  }
}
