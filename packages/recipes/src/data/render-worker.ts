import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { type RenderJob, renderChunk } from './rendered';

/** Rendering waits for everything else on the machine. On Linux this is the priority of this thread alone. */
const niceness = 10;
setPriority(niceness);

parentPort?.on('message', async (job: RenderJob) => {
  await renderChunk(job);
  parentPort?.postMessage(job.name);
});
