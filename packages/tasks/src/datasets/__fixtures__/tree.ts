import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EmotionSampleRow } from '../row';

/** Writes files, by path below a fresh folder, and removes the folder when the test is over. */
export async function tree(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'nano-emox-datasets-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

/** All rows of an iterable. */
export async function all(rows: AsyncIterable<EmotionSampleRow>): Promise<EmotionSampleRow[]> {
  const list: EmotionSampleRow[] = [];
  for await (const row of rows) list.push(row);
  return list;
}
