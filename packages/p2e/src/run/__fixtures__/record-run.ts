import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFileAtomic } from '@nano-emox/engine/weights';
import { TrainingRun } from '../training-run';
import { phaseEvents } from './run-events';

/** Program of the tests with processes: records two phases, continuing each from a checkpoint that is a step number in a file. */
const [folder = '', steps = '0', millisecondsPerStep = '0'] = process.argv.slice(2);
const run = await TrainingRun.open({ folder, config: { steps }, seed: 1 });
for (const phase of ['first', 'second']) {
  const checkpoint = join(folder, `${phase}.step`);
  const fromStep = Number(await readFile(checkpoint, 'utf8').catch(() => '0'));
  for (const event of phaseEvents(phase, Number(steps), fromStep)) {
    if (event.type === 'checkpoint-end') await writeFileAtomic(checkpoint, String(event.step)); // before it is told
    run.record(event);
    process.stdout.write(`${event.type}\n`);
    if (event.type === 'step-end') await sleep(Number(millisecondsPerStep));
  }
}
await run.finish();
