import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonFile, writeFileAtomic } from '@nano-emox/engine/weights';
import type { NanoEmoX } from 'nano-emox';

/** What all numbers of a folder depend on. */
export interface RunSettings {
  readonly rows: string;
  readonly gateRows: string;
  readonly epochs: string;
  /** Hash of configuration and weights. */
  readonly model: string;
}

/** Writes the settings of a new folder. @throws for a folder whose numbers were made with other settings */
export async function keepSettings(folder: string, settings: RunSettings): Promise<void> {
  const path = join(folder, 'settings.json');
  if (!existsSync(path)) {
    await writeFileAtomic(path, `${JSON.stringify(settings, null, 2)}\n`);
    return;
  }
  const kept = (await readJsonFile(path)) as RunSettings;
  const other = (Object.keys(settings) as (keyof RunSettings)[]).filter((name) => kept[name] !== settings[name]);
  if (other.length > 0) throw new Error(`${folder} was made with another ${other.join(', ')}; choose another --folder`);
}

/** Hash of what a model is: configuration and weights. */
export function modelHash({ config, components }: NanoEmoX): string {
  const hash = createHash('sha256').update(JSON.stringify(config));
  for (const [part, { weights }] of Object.entries(components)) {
    for (const [name, { data }] of [...(weights as ReadonlyMap<string, { readonly data: Float32Array }>)].sort()) {
      hash.update(`${part}/${name}`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  }
  return hash.digest('hex').slice(0, 20);
}
