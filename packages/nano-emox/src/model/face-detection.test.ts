import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { openExecutor } from '@nano-emox/engine/runtime';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brief, createTinyModel, sampleClip } from '../__fixtures__/tiny-model';

/** Threads that were started since the test began, and are still there. */
const threads = { started: 0, running: 0 };
const count = (worker: Worker) => {
  threads.started++;
  threads.running++;
  worker.once('exit', () => threads.running--);
};
beforeEach(() => {
  Object.assign(threads, { started: 0, running: 0 });
  process.on('worker', count);
});
afterEach(() => void process.off('worker', count));

const mer = { tasks: ['mer'], sampling: brief } as const;

// Networks run in this thread, so that the face detector is the only other one.
describe('face detection of a model', async () => {
  const executor = await openExecutor({ workers: 0 });
  afterAll(() => executor.dispose());

  it('has one thread for all clips, also at the same time and after an analysis was stopped, and ends with the model', async () => {
    const model = await createTinyModel({ executor });
    expect(threads.started).toBe(0);
    const stopped = model.analyze(sampleClip, { ...mer, signal: AbortSignal.timeout(400) });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    const [first, second] = await Promise.all([model.analyze(sampleClip, mer), model.analyze(sampleClip, mer)]);
    expect(first.evidence.face?.framesWithFace).toBe(8);
    expect(second.evidence).toEqual(first.evidence);
    expect(threads).toEqual({ started: 1, running: 1 });
    await model.dispose();
    expect(threads).toEqual({ started: 1, running: 0 });
  });

  it('starts while the model is loaded where that is asked for, and by warmUp()', async () => {
    const model = await createTinyModel({ executor, warmUp: true });
    await nextTurn(); // threads are announced with it
    expect(threads).toEqual({ started: 1, running: 1 });
    await model.warmUp();
    expect(threads.started).toBe(1);
    expect(executor.usage().sessions).toBe(7);
    await model.dispose();
    expect(threads.running).toBe(0);
    expect(executor.usage().sessions).toBe(0);
  });

  it('can be disposed of while it is warming up', async () => {
    const model = await createTinyModel({ executor, warmUp: true });
    await model.dispose();
    expect(threads.running).toBe(0);
    expect(executor.usage().sessions).toBe(0);
    await expect(model.warmUp()).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('takes another detector where a clip asks for other faces', async () => {
    const model = await createTinyModel({ executor });
    const media = { faces: { minScore: 0.999 } };
    const { evidence } = await model.encode(sampleClip, { media });
    expect(evidence.face?.framesWithFace).toBe(0);
    expect(threads).toEqual({ started: 1, running: 0 });
    await model.dispose();
  });
});
