import { join } from 'node:path';
import { readJsonFile, writeFileAtomic } from '@nano-emox/engine/weights';
import { InvalidConfigError, InvalidFileError, MissingFileError } from '@nano-emox/tensor-contract';
import { type PlainJson, plainJson } from '../canonical-json';
import type { Environment } from './environment';

const FORMAT_VERSION = 1;

/** What `config.json` of a run folder holds. */
export interface RunConfig {
  readonly formatVersion: number;
  readonly seed: number;
  /** As resolved: every default filled in. */
  readonly config: PlainJson;
  /** Each time that a process began to work on the run. */
  readonly sessions: readonly Session[];
}

/** When and where a process worked on a run. */
export interface Session {
  /** ISO 8601. */
  readonly started: string;
  readonly environment: Environment;
}

/** A run folder belongs to a run with another configuration. */
export class RunConfigMismatchError extends InvalidConfigError {
  /** Paths of the fields that differ. */
  readonly fields: readonly string[];

  constructor(path: string, fields: readonly string[]) {
    const shown = fields.slice(0, 12).join(', ') + (fields.length > 12 ? ` and ${fields.length - 12} more` : '');
    super({
      message: `${path} belongs to a run with other settings: ${shown}`,
      hint: 'Choose another run folder, or repeat the settings of this one to continue it.',
      field: fields[0] ?? '',
    });
    this.fields = fields;
  }
}

/**
 * Writes `config.json`, or compares it where it is there: the folder of one run is not continued with other settings. The
 * environment may be another in each session.
 * @returns the configuration with the new session as its last
 * @throws RunConfigMismatchError, InvalidArgumentError (a setting is not data), InvalidFileError
 */
export async function establishConfig(
  folder: string,
  wanted: { readonly config: unknown; readonly seed: number; readonly environment: Environment },
): Promise<RunConfig> {
  const path = join(folder, 'config.json');
  const { seed, environment } = wanted;
  const config = plainJson(wanted.config, 'config');
  const stored = (await readConfig(path)) ?? { formatVersion: FORMAT_VERSION, seed, config, sessions: [] };
  const fields = [...(stored.seed === seed ? [] : ['seed']), ...differingFields(stored.config, config, 'config')];
  if (fields.length > 0) throw new RunConfigMismatchError(path, fields);
  const session: Session = { started: new Date().toISOString(), environment };
  const established = { ...stored, sessions: [...stored.sessions, session] };
  await writeFileAtomic(path, `${JSON.stringify(established, undefined, 2)}\n`);
  return established;
}

async function readConfig(path: string): Promise<RunConfig | undefined> {
  const content = await readJsonFile(path).catch((error) => {
    if (error instanceof MissingFileError) return undefined;
    throw error;
  });
  if (content === undefined) return undefined;
  if ((content as RunConfig | null)?.formatVersion !== FORMAT_VERSION) {
    throw new InvalidFileError({
      message: `${path} is not the configuration of a run that this version can continue`,
      hint: 'Choose another run folder.',
      path,
    });
  }
  return content as RunConfig;
}

/** Paths, such as `config.phases.0.steps`, at which two values differ. */
export function differingFields(first: unknown, second: unknown, path: string): string[] {
  if (isBranch(first) && isBranch(second) && Array.isArray(first) === Array.isArray(second)) {
    const keys = new Set([...Object.keys(first), ...Object.keys(second)]);
    return [...keys].flatMap((key) => differingFields(first[key], second[key], `${path}.${key}`));
  }
  return JSON.stringify(first) === JSON.stringify(second) ? [] : [path];
}

const isBranch = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
