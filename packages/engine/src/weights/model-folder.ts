import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostTensor, InvalidConfigError } from '@nano-emox/tensor-contract';
import { type StagedFile, stageFile } from './atomic-file';
import { readJsonFile } from './json-file';
import { CONFIG_FILE, MODEL_FORMAT_VERSION, requireModelConfig } from './model-config';
import { openSafetensors } from './open-safetensors';
import { safetensorsChunks } from './safetensors-chunks';
import { type ReadSafetensorsOptions, readSafetensors, type WriteSafetensorsOptions } from './safetensors-file';

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
  const config = requireModelConfig({ formatVersion: MODEL_FORMAT_VERSION, ...model.config }, folder);
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
  const config = requireModelConfig(await readJsonFile(path), path);
  const { tensors } = await readSafetensors(join(folder, WEIGHTS_FILE), options);
  return { config, weights: tensors };
}

/** Weights above this size are read when they are needed. */
const LAZY_SIZE_BYTES = 64 * 1024 * 1024;

/**
 * As {@link loadModelFolder}, but the values of a large file are read when they are asked for, see {@link openSafetensors}: a model
 * that was compiled before is loaded without reading them.
 * @throws as {@link loadModelFolder}; of a large file, NonFiniteError comes when the values are read
 */
export async function openModelFolder(
  folder: string,
  options: ReadSafetensorsOptions & { readonly lazySizeBytes?: number } = {},
): Promise<StoredModel> {
  const path = join(folder, WEIGHTS_FILE);
  const sizeBytes = await stat(path)
    .then(({ size }) => size)
    .catch(() => 0);
  if (sizeBytes <= (options.lazySizeBytes ?? LAZY_SIZE_BYTES)) return loadModelFolder(folder, options);
  const configPath = join(folder, CONFIG_FILE);
  const config = requireModelConfig(await readJsonFile(configPath), configPath);
  return { config, weights: await openSafetensors(path) };
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
