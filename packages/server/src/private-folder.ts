import { randomUUID } from 'node:crypto';
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const namePattern = /^nano-emox-server-(\d+)-[A-Za-z0-9]{6}$/;

/** The one folder that uploads are written to: readable by this user alone, removed with everything in it. */
export class PrivateFolder {
  private constructor(readonly path: string) {}

  /**
   * Makes the folder, after removing those of servers that ended without cleaning up.
   * @param parent where to put it. @default the system's folder for temporary files
   */
  static async open(parent = tmpdir()): Promise<PrivateFolder> {
    await sweep(parent);
    return new PrivateFolder(await mkdtemp(join(parent, `nano-emox-server-${process.pid}-`))); // mode 0700
  }

  /** A fresh path; nothing that a client sent is part of it. */
  newFile(): string {
    return join(this.path, randomUUID());
  }

  /** Removes the folder. Idempotent. */
  async dispose(): Promise<void> {
    await rm(this.path, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Removes folders of processes that are gone. */
async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = namePattern.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(parent, name);
    const found = await lstat(path).catch(() => undefined);
    const isOurs = found?.isDirectory() && (process.getuid === undefined || found.uid === process.getuid());
    if (isOurs) await rm(path, { recursive: true, force: true }).catch(() => undefined); // the next start tries again
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
