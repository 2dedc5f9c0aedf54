import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TensorMap } from '@nano-emox/engine';
import { openOnnxRuntimeNode } from '@nano-emox/engine/onnxruntime-node';
import type { HostTensor } from '@nano-emox/tensor-contract';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sentences, tinyCurriculum, tinyTransformer } from './__fixtures__/tiny-transformer';
import { type Point, plain, quadrants, toyDataSets, toyModel, toyPhase } from './__fixtures__/toy-model';
import type { Validation } from './best-weights';
import type { StepEndEvent, TrainingEvent } from './events';
import type { Phase } from './phase';
import type { DataSet } from './sampler';
import { type TrainPhaseOptions, trainPhase } from './train-phase';

const executor = await openOnnxRuntimeNode({ workers: 0, threads: 1 });
afterAll(() => executor.dispose());

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-p2e-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function run(options: Partial<TrainPhaseOptions<Point>> = {}) {
  return trainPhase({ model: toyModel(), phase: toyPhase, dataSets: toyDataSets, executor, seed: 5, ...options });
}

class Killed extends Error {}

/** Ends a run from outside at a step, as a crash does: nothing is saved on the way out. */
const killAt = (step: number) => (event: TrainingEvent) => {
  if (event.type === 'step-end' && event.step === step) throw new Killed();
};

/** Score of the weights at each judged step, whatever they are: best in the middle. */
function scoresByStep(scores: Readonly<Record<number, number>>, everySteps: number) {
  const judged: { weights: ReadonlyMap<string, HostTensor>; score: number }[] = [];
  let call = Object.keys(scores).length;
  const validation: Validation = {
    everySteps,
    evaluate: async (weights) => {
      const score = Object.values(scores)[judged.length] as number;
      judged.push({ weights, score });
      call--;
      return { score, metrics: { left: call } };
    },
  };
  return { validation, judged };
}

describe('trainPhase', () => {
  it('learns: the loss falls, and the events tell so', async () => {
    const events: TrainingEvent[] = [];
    const { weights, steps, bestScore } = await run({ onEvent: (event) => events.push(event) });
    const ends = events.filter((event) => event.type === 'step-end');
    expect(ends.map(({ step }) => step)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    const mean = (part: typeof ends) => part.reduce((sum, { loss }) => sum + loss, 0) / part.length;
    expect(mean(ends.slice(0, 5))).toBeGreaterThan(1);
    expect(mean(ends.slice(-5))).toBeLessThan(0.4 * mean(ends.slice(0, 5)));
    expect(ends.every(({ gradientNorm }) => gradientNorm > 0)).toBe(true);
    expect(ends[0]?.learningRates).toEqual({ all: 1e-3 });
    expect(new Set(ends.flatMap(({ dataSets }) => dataSets))).toEqual(new Set(['near', 'far']));
    expect(events[0]).toMatchObject({
      type: 'phase-start',
      step: 0,
      steps: 30,
      trainedParameters: 2 * 16 + 16 + 64 + 4,
    });
    expect(events.at(-1)).toEqual({ type: 'phase-end', phase: 'toy', step: 30, reason: 'steps' });
    expect([steps, bestScore]).toEqual([30, undefined]);
    expect(plain(weights)).not.toEqual(plain(toyModel().weights));
    expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
  });

  it('repeats to the last bit on several threads, where tokens come again', async () => {
    const threaded = await openOnnxRuntimeNode({ workers: 0, threads: 2 });
    const phase = { ...(tinyCurriculum(8).phases[1] as Phase), batchSize: 256 };
    const dataSets = [sentences('short', 40, 1), sentences('long', 60, 2)];
    const once = () => trainPhase({ model: tinyTransformer(), phase, dataSets, executor: threaded, seed: 5 });
    const [first, second] = [await once(), await once()];
    await threaded.dispose();
    expect(plain(second.weights)).toEqual(plain(first.weights));
  });

  it('repeats to the last bit, and leaves frozen parameters alone', async () => {
    const phase = { ...toyPhase, steps: 6, trainable: [{ match: 'down.', group: 'all' }] };
    const [first, second] = [await run({ phase }), await run({ phase })];
    expect(plain(second.weights)).toEqual(plain(first.weights));
    const before = plain(toyModel().weights);
    const after = plain(first.weights);
    expect(after['up.weight']).toEqual(before['up.weight']);
    expect(after['down.weight']).not.toEqual(before['down.weight']);
    expect(plain((await run({ phase, seed: 6 })).weights)).not.toEqual(after);
  });

  it('continues after a crash to the same bits as without', async () => {
    const whole = await run();
    const options = { checkpointFolder: folder, checkpointEverySteps: 4 };
    await expect(run({ ...options, onEvent: killAt(11) })).rejects.toThrow(Killed);
    await expect(run({ ...options, onEvent: killAt(22) })).rejects.toThrow(Killed);
    const starts: number[] = [];
    const resumed = await run({
      ...options,
      onEvent: (event) => void (event.type === 'phase-start' && starts.push(event.step)),
    });
    expect(starts).toEqual([20]);
    expect(plain(resumed.weights)).toEqual(plain(whole.weights));
    expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
  });

  it('writes a checkpoint when it is aborted, and continues from there', async () => {
    const whole = await run();
    const abort = new AbortController();
    const events: TrainingEvent[] = [];
    const stopped = run({
      checkpointFolder: folder,
      signal: abort.signal,
      onEvent: (event) => {
        events.push(event);
        if (event.type === 'step-end' && event.step === 7) abort.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    expect(events.at(-1)).toEqual({ type: 'checkpoint-end', phase: 'toy', step: 7 });
    expect(await readdir(folder)).toEqual(['toy.checkpoint.safetensors']);
    const resumed = await run({ checkpointFolder: folder });
    expect(plain(resumed.weights)).toEqual(plain(whole.weights));
  });

  it('does nothing twice: a finished phase is read from its checkpoint', async () => {
    const first = await run({ checkpointFolder: folder });
    const events: string[] = [];
    const second = await run({ checkpointFolder: folder, onEvent: ({ type }) => events.push(type) });
    expect(events).toEqual(['phase-start', 'phase-end']);
    expect(plain(second.weights)).toEqual(plain(first.weights));
  });

  it('refuses a checkpoint of other settings', async () => {
    await run({ checkpointFolder: folder, phase: { ...toyPhase, steps: 2 } });
    await expect(run({ checkpointFolder: folder })).rejects.toMatchObject({
      code: 'INVALID_FILE',
      message: expect.stringContaining('belongs to a run with other settings'),
    });
    const same = { checkpointFolder: folder, phase: { ...toyPhase, steps: 2 } };
    const others: Partial<TrainPhaseOptions<Point>>[] = [
      { seed: 6 },
      { model: toyModel(2) },
      { dataSets: [quadrants('near', 65, 1), toyDataSets[1] as DataSet<Point>] },
      { dataSets: toyDataSets.map((set) => ({ ...set, fingerprint: 'new labels' })) },
      { phase: { ...same.phase, deviations: { noDecayByNamePart: true } } },
    ];
    for (const other of others) {
      await expect(run({ ...same, ...other })).rejects.toMatchObject({ code: 'INVALID_FILE' });
    }
    // A set that the phase does not draw from is none of its business.
    await expect(run({ ...same, dataSets: [...toyDataSets, quadrants('new', 3, 3)] })).resolves.toBeDefined();
    await expect(run(same)).resolves.toMatchObject({ steps: 2 });
  });

  it('refuses a phase that cannot run, before it loads anything', async () => {
    await expect(run({ phase: { ...toyPhase, steps: 0 } })).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
    await expect(run({ dataSets: [] })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(
      run({ phase: { ...toyPhase, trainable: [{ match: 'nothing', group: 'all' }] } }),
    ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
  });
});

describe('gradient accumulation', () => {
  const phase: Phase = { ...toyPhase, steps: 5, batchSize: 4, accumulationSteps: 3, clipNorm: 0.5 };
  const isEnd = (event: TrainingEvent) => event.type === 'step-end';

  it('makes one update of several batches, each from one data set', async () => {
    const events: TrainingEvent[] = [];
    const { steps } = await run({ phase, onEvent: (event) => events.push(event) });
    expect(steps).toBe(5);
    const batches = events.filter((event) => event.type === 'batch-end');
    expect(batches.map(({ step, batch }) => [step, batch]).slice(0, 4)).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
    ]);
    const ends = events.filter(isEnd);
    for (const [index, { dataSets, loss, samples }] of ends.entries()) {
      const own = batches.slice(3 * index, 3 * index + 3);
      expect(dataSets).toEqual(own.map(({ dataSet }) => dataSet));
      expect(loss).toBeCloseTo(own.reduce((sum, batch) => sum + batch.loss, 0) / 3, 12);
      expect(samples).toBe(12);
    }
  });

  it('stops and continues in the middle of an update: the same bits, the same losses', async () => {
    const wholeEvents: TrainingEvent[] = [];
    const whole = await run({ phase, onEvent: (event) => wholeEvents.push(event) });
    const abort = new AbortController();
    const events: TrainingEvent[] = [];
    const stopped = run({
      phase,
      checkpointFolder: folder,
      signal: abort.signal,
      onEvent: (event) => {
        events.push(event);
        if (event.type === 'batch-end' && event.step === 3 && event.batch === 2) abort.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    expect(events.at(-1)).toEqual({ type: 'checkpoint-end', phase: 'toy', step: 2 });
    const resumed = await run({ phase, checkpointFolder: folder, onEvent: (event) => events.push(event) });
    expect(plain(resumed.weights)).toEqual(plain(whole.weights));
    const facts = (list: TrainingEvent[]) =>
      list.filter(isEnd).map(({ step, dataSets, loss, gradientNorm }) => ({ step, dataSets, loss, gradientNorm }));
    expect(facts(events)).toEqual(facts(wholeEvents));
  });
});

describe('progress', () => {
  it('tells throughput and the time that remains', async () => {
    const model = { ...toyModel(), countTokens: ({ labels }: TensorMap) => 5 * (labels?.dims[0] as number) };
    const ends: StepEndEvent[] = [];
    await run({ model, onEvent: (event) => event.type === 'step-end' && ends.push(event) });
    for (const { samples, tokens, durationMs, samplesPerSecond, tokensPerSecond } of ends) {
      expect([samples, tokens]).toEqual([16, 80]);
      expect(samplesPerSecond).toBeCloseTo(16_000 / durationMs, 6);
      expect(tokensPerSecond).toBeCloseTo(80_000 / durationMs, 6);
    }
    expect(ends[9]?.remainingMs).toBeGreaterThan(0);
    expect(ends.at(-1)?.remainingMs).toBe(0);
  });

  it('does not count tokens of a model that does not', async () => {
    const ends: TrainingEvent[] = [];
    await run({ onEvent: (event) => event.type === 'step-end' && ends.push(event) });
    expect(ends.some((end) => 'tokens' in end || 'tokensPerSecond' in end)).toBe(false);
  });
});

describe('early stopping', () => {
  const phase = { ...toyPhase, steps: 20 };
  /** Best at the second verdict. */
  const judge = (scores: readonly number[], patience: number): Validation => {
    let verdicts = 0;
    const evaluate = async () => ({ score: scores[verdicts++] as number, metrics: {} });
    return { everySteps: 2, patience, evaluate };
  };

  it('ends the phase after as many verdicts without a new best as it is patient', async () => {
    const events: TrainingEvent[] = [];
    const validation = judge([1, 5, 4, 5, 3, 9], 3);
    const result = await run({ phase, validation, onEvent: (event) => events.push(event) });
    expect(events.at(-1)).toEqual({ type: 'phase-end', phase: 'toy', step: 10, reason: 'patience' });
    expect(result).toMatchObject({ steps: 10, bestScore: 5 });
    const best = await run({ phase, validation: judge([1, 5, 4], 1) });
    expect(plain(result.weights)).toEqual(plain(best.weights));
  });

  it('counts over a crash, and stays ended', async () => {
    const options = { phase, checkpointFolder: folder, checkpointEverySteps: 1 };
    await expect(run({ ...options, validation: judge([1, 5, 4], 2), onEvent: killAt(8) })).rejects.toThrow(Killed);
    const resumed = await run({ ...options, validation: judge([3], 2) });
    expect(resumed).toMatchObject({ steps: 8, bestScore: 5 });
    const again = await run({ ...options, validation: judge([], 2) });
    expect(again.steps).toBe(8);
    expect(plain(again.weights)).toEqual(plain(resumed.weights));
  });

  it.each([
    ['everySteps', { everySteps: 0 }],
    ['patience', { patience: 0.5 }],
  ])('refuses %s out of range', async (field, change) => {
    const validation = { ...judge([], 1), ...change };
    await expect(run({ validation })).rejects.toMatchObject({ argument: `validation.${field}` });
  });
});

describe('validation', () => {
  const phase = { ...toyPhase, steps: 10 };
  const scores = { 4: 0.5, 8: 0.9, 10: 0.7 };

  it('chooses the weights with the highest score', async () => {
    const { validation, judged } = scoresByStep(scores, 4);
    const events: TrainingEvent[] = [];
    const { weights, bestScore } = await run({ phase, validation, onEvent: (event) => events.push(event) });
    expect(events.filter(({ type }) => type === 'validation-end')).toEqual([
      { type: 'validation-end', phase: 'toy', step: 4, score: 0.5, metrics: { left: 2 }, isBest: true },
      { type: 'validation-end', phase: 'toy', step: 8, score: 0.9, metrics: { left: 1 }, isBest: true },
      { type: 'validation-end', phase: 'toy', step: 10, score: 0.7, metrics: { left: 0 }, isBest: false },
    ]);
    expect(bestScore).toBe(0.9);
    expect(plain(weights)).toEqual(plain(judged[1]?.weights ?? new Map()));
    expect(plain(weights)).not.toEqual(plain(judged[2]?.weights ?? new Map()));
  });

  it('remembers the best weights over a crash, and after the end', async () => {
    const { validation, judged } = scoresByStep(scores, 4);
    const options = { phase, validation, checkpointFolder: folder, checkpointEverySteps: 1 };
    await expect(run({ ...options, onEvent: killAt(10) })).rejects.toThrow(Killed);
    const resumed = await run(options);
    expect(judged.map(({ score }) => score)).toEqual([0.5, 0.9, 0.7]);
    expect(resumed.bestScore).toBe(0.9);
    expect(plain(resumed.weights)).toEqual(plain(judged[1]?.weights ?? new Map()));
    expect(plain((await run(options)).weights)).toEqual(plain(resumed.weights));
    expect(judged).toHaveLength(3);
  });

  it('judges again what was being judged when the run was aborted', async () => {
    const abort = new AbortController();
    const hasty: Validation = {
      everySteps: 4,
      evaluate: async (_, { signal }) => {
        abort.abort();
        signal?.throwIfAborted();
        return { score: 0, metrics: {} };
      },
    };
    const stopped = run({ phase, validation: hasty, checkpointFolder: folder, signal: abort.signal });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    const { validation, judged } = scoresByStep(scores, 4);
    const events: TrainingEvent[] = [];
    const { bestScore } = await run({
      phase,
      validation,
      checkpointFolder: folder,
      onEvent: (event) => events.push(event),
    });
    expect(events.slice(0, 3)).toMatchObject([
      { type: 'phase-start', step: 4 },
      { type: 'validation-end', step: 4 },
      { type: 'step-end', step: 5 },
    ]);
    expect(judged).toHaveLength(3);
    expect(bestScore).toBe(0.9);
  });
});
