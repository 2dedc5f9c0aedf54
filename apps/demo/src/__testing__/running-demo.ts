import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Limits } from '@nano-emox/server';
import type { NanoEmoX } from 'nano-emox';
import { createDemoServer } from '../server/demo-server';

const pageFolder = fileURLToPath(new URL('../../dist/page/', import.meta.url));

/** The demo, listening, with a folder of its own for temporary files. */
export interface RunningDemo {
  readonly address: string;
  readonly port: number;
  /** Faults of the program that it reported. */
  readonly defects: readonly unknown[];
  /** Names of the uploads that lie on the disk. */
  uploads(): Promise<string[]>;
  close(): Promise<void>;
}

/** Starts the demo on a free port. The page has to be built. */
export async function startDemo(model: NanoEmoX, limits: Partial<Limits> = {}): Promise<RunningDemo> {
  const temporaryFolder = await mkdtemp(join(tmpdir(), 'nano-emox-demo-test-'));
  const defects: unknown[] = [];
  const onDefect = (error: unknown) => void defects.push(error);
  const server = await createDemoServer({ model, limits, temporaryFolder, pageFolder, onDefect });
  const address = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    address,
    port: (server.server.address() as AddressInfo).port,
    defects,
    async uploads() {
      const folders = await readdir(temporaryFolder);
      return (await Promise.all(folders.map((folder) => readdir(join(temporaryFolder, folder))))).flat();
    },
    async close() {
      await server.close();
      await rm(temporaryFolder, { recursive: true, force: true });
    },
  };
}
