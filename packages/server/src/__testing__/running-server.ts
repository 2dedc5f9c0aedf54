import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { NanoEmoX } from 'nano-emox';
import { createEmotionServer } from '../emotion-server';
import type { Limits } from '../limits';

/** A server that listens, with a folder of its own for temporary files. */
export interface RunningServer {
  readonly address: string;
  readonly port: number;
  readonly server: FastifyInstance;
  /** Faults of the program that it reported. */
  readonly defects: readonly unknown[];
  /** Names of the uploads that lie on the disk. */
  uploads(): Promise<string[]>;
  close(): Promise<void>;
}

/** Starts the server on a free port. */
export async function startServer(model: NanoEmoX, limits: Partial<Limits> = {}): Promise<RunningServer> {
  const temporaryFolder = await mkdtemp(join(tmpdir(), 'nano-emox-server-test-'));
  const defects: unknown[] = [];
  const onDefect = (error: unknown) => void defects.push(error);
  const server = await createEmotionServer({ model, limits, temporaryFolder, onDefect });
  const address = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    address,
    port: (server.server.address() as AddressInfo).port,
    server,
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
