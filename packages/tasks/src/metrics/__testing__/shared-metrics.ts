import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with inputs and values of the released scores, or `undefined`: `NANO_EMOX_DATA`, else `shared/data` above. */
export function sharedMetricsFolder(): string | undefined {
  const fromEnvironment = process.env.NANO_EMOX_DATA;
  if (fromEnvironment) return existing(join(fromEnvironment, 'metrics'));
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const found = existing(join(folder, 'shared', 'data', 'metrics'));
    if (found || folder === dirname(folder)) return found;
  }
}

const existing = (folder: string) => (existsSync(folder) ? folder : undefined);
