import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Contestant, Sample } from './contestant';

/** A peer that could not start or stopped; the section goes on without it. */
export class PeerError extends Error {}

/** Last lines of a program's error stream that are kept for a message. */
const KEPT_ERROR_CHARACTERS = 2000;

/**
 * A rival in a process of its own: prints one JSON line about itself, then answers each line `step` with one JSON line, the
 * sample. The process ends when its standard input does.
 */
export class LinePeer implements Contestant {
  name = '';
  details = '';
  private readonly lines: AsyncIterator<string>;
  private errorText = '';
  private spawnError: Error | undefined;

  private constructor(
    private readonly child: ChildProcess,
    private readonly stepLimitSeconds: number,
  ) {
    this.lines = createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> })[
      Symbol.asyncIterator
    ]();
    child.stderr?.on('data', (text: Buffer) => {
      this.errorText = (this.errorText + text).slice(-KEPT_ERROR_CHARACTERS);
    });
    child.on('error', (error) => {
      this.spawnError = error;
    });
    child.stdin?.on('error', () => undefined); // the missing answer says it
  }

  /** @throws PeerError when the program does not start or says nothing within the cap */
  static async start(
    program: string,
    args: readonly string[],
    startLimitSeconds: number,
    stepLimitSeconds: number,
  ): Promise<LinePeer> {
    const peer = new LinePeer(spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] }), stepLimitSeconds);
    try {
      Object.assign(peer, (await peer.answer(startLimitSeconds)) as { name: string; details: string });
      return peer;
    } catch (error) {
      await peer.dispose();
      throw error;
    }
  }

  async run(): Promise<Sample> {
    this.child.stdin?.write('step\n');
    return (await this.answer(this.stepLimitSeconds)) as Sample;
  }

  async dispose(): Promise<void> {
    this.child.stdin?.end();
    this.child.kill();
  }

  private async answer(limitSeconds: number): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const late = new PeerError(`no answer within ${limitSeconds} s (--cap-seconds allows more for a step)`);
      timer = setTimeout(() => reject(late), limitSeconds * 1000);
    });
    try {
      const { value, done } = await Promise.race([this.lines.next(), late]);
      if (done)
        throw new PeerError(this.spawnError?.message ?? (this.errorText.trim().split('\n').pop() || 'it ended'));
      return JSON.parse(value as string);
    } finally {
      clearTimeout(timer);
    }
  }
}
