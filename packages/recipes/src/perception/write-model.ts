import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { PerceptionHead } from '@nano-emox/distillation';
import { FORMAT_VERSION } from '@nano-emox/engine/runtime';
import { fileError, writeFileAtomic } from '@nano-emox/engine/weights';
import { type EmotionModelConfig, optionalFolders, resolveModelConfig } from 'nano-emox';

/**
 * Writes the model of a folder with a perception head. Files of the other parts are copied as they are; what makes the folder a
 * model with a head, its `config.json`, comes last. The folder may be the model's own.
 */
export async function writeModelWithHead(
  from: string,
  target: string,
  config: EmotionModelConfig,
  perception: PerceptionHead,
): Promise<void> {
  const described = resolveModelConfig({ ...config, perceptionHead: perception.config });
  const isConfig = join(resolve(from), 'config.json');
  if (resolve(from) !== resolve(target)) {
    const copied = cp(from, target, { recursive: true, filter: (path) => resolve(path) !== isConfig });
    await copied.catch((error: NodeJS.ErrnoException) => {
      throw fileError(error, target, 'written');
    });
  }
  await perception.save(join(target, optionalFolders.perceptionHead));
  const text = JSON.stringify({ component: 'nano-emox', formatVersion: FORMAT_VERSION, ...described }, null, 2);
  await writeFileAtomic(join(target, 'config.json'), `${text}\n`);
}
