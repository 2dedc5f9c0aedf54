import { InvalidConfigError } from '@nano-emox/tensor-contract';

/** Version of the folder layout that is written; a change of its meaning raises it and adds an upgrade on reading. */
export const MODEL_FORMAT_VERSION = 1;

/** Name of the configuration in a model folder. */
export const CONFIG_FILE = 'config.json';

/** Requires the content of a `config.json`: an object of the format version that this package reads. @throws InvalidConfigError */
export function requireModelConfig(config: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new InvalidConfigError({
      message: `${where} does not hold an object`,
      hint: 'Give the folder of a saved model.',
      field: CONFIG_FILE,
    });
  }
  const { formatVersion } = config as Readonly<Record<string, unknown>>;
  if (formatVersion === MODEL_FORMAT_VERSION) return config as Readonly<Record<string, unknown>>;
  throw new InvalidConfigError({
    message: `${where}: formatVersion is ${JSON.stringify(formatVersion)}, this version reads ${MODEL_FORMAT_VERSION}`,
    hint: 'Update nano-emox to read newer models; a folder without formatVersion was not saved by nano-emox.',
    field: 'formatVersion',
  });
}
