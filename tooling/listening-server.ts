import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server of Fastify, as far as a test needs it. */
interface Server {
  readonly server: { address(): AddressInfo | string | null };
  listen(options: { readonly host: string; readonly port: number }): Promise<string>;
  close(): Promise<unknown>;
}

/** What a test gives to a server that it starts. */
export interface ServerSurroundings {
  /** Its own, for uploads. */
  readonly temporaryFolder: string;
  /** Collects faults of the program. */
  readonly onDefect: (error: unknown) => void;
}

/** A server that listens on a free port, with a folder of its own for temporary files. */
export interface ListeningServer<Made extends Server = Server> {
  readonly address: string;
  readonly port: number;
  readonly server: Made;
  /** Faults of the program that it reported. */
  readonly defects: readonly unknown[];
  /** Names of the uploads that lie on the disk. */
  uploads(): Promise<string[]>;
  close(): Promise<void>;
}

/** Makes a server and lets it listen on this machine alone. */
export async function startListening<Made extends Server>(
  create: (surroundings: ServerSurroundings) => Promise<Made>,
): Promise<ListeningServer<Made>> {
  const temporaryFolder = await mkdtemp(join(tmpdir(), 'nano-emox-server-test-'));
  const defects: unknown[] = [];
  const server = await create({ temporaryFolder, onDefect: (error) => void defects.push(error) });
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
