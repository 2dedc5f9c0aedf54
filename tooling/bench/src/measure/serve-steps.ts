import { createInterface } from 'node:readline';
import type { Contestant } from './contestant';

/** The other end of `LinePeer`: tells about a contestant, runs it once for each line `step`, and ends the process. */
export async function serveSteps(contestant: Contestant): Promise<never> {
  const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
  const { name, details } = contestant;
  say({ name, details });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === 'step') say(await contestant.run());
  }
  await contestant.dispose();
  process.exit(0);
}
