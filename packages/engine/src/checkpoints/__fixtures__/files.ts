import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HostTensor } from '@nano-emox/tensor-contract';
import { afterAll } from 'vitest';
import { readSafetensors } from '../../weights/safetensors-file';
import type { Checkpoint } from '../checkpoint';

/** A file of this folder, by name. They are made by tooling/oracles/checkpoints.py. */
export const fixture = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Tensors of a fixture that says what others should give. */
export async function expectedTensors(name: string): Promise<ReadonlyMap<string, HostTensor>> {
  return (await readSafetensors(fixture(name))).tensors;
}

/** All tensors of a checkpoint. */
export async function allTensors(checkpoint: Checkpoint): Promise<Map<string, HostTensor>> {
  const tensors = new Map<string, HostTensor>();
  for await (const [name, tensor] of checkpoint.tensors()) tensors.set(name, tensor);
  return tensors;
}

/** A temporary folder for the tests of a file, removed after them, and a way to put files into it. */
export async function temporaryFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'nano-emox-checkpoints-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  let count = 0;
  return {
    folder,
    async write(content: string | Uint8Array, name = `file-${count++}`): Promise<string> {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
  };
}
