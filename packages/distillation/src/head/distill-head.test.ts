import { openExecutor } from '@nano-emox/engine/runtime';
import { rows } from '@nano-emox/engine/testing';
import { floatTensor } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { learnableRows } from '../__fixtures__/learnable-rows';
import {
  type DistillationHead,
  type DistillHeadOptions,
  distillHead,
  emotionLabelSets,
  type TrainingEvent,
} from '../index';

const executor = await openExecutor({ workers: 0, threads: 1 });
afterAll(async () => {
  expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
  await executor.dispose();
});

const classes = emotionLabelSets.emotion6;
const given = learnableRows(classes);
const small = { classes, widths: [24, 12], epochs: 8, batchSize: 8, learningRate: 1e-2, executor } as const;
const train = (options: Partial<DistillHeadOptions> = {}) => distillHead({ ...given, ...small, ...options });

async function accuracyOf(head: DistillationHead, unseen = learnableRows(classes, { seed: 2 })): Promise<number> {
  const { data } = await head.predict(unseen.features);
  const right = unseen.labels.filter((label, row) => {
    const scores = [...data.subarray(row * classes.length, (row + 1) * classes.length)];
    return classes[scores.indexOf(Math.max(...scores))] === label;
  });
  return right.length / unseen.labels.length;
}

describe('distillHead', () => {
  it.each([
    ['teacher and labels', {}, {}],
    ['the teacher alone', { alpha: 1, temperature: 1 }, {}],
    ['labels alone', { alpha: 0, teacherLogits: undefined }, {}],
    ['two hidden layers', { depth: 2 }, { depth: 2 }],
    ['no dropout', { dropout: 0 }, {}],
  ])('learns from %s what it can say of other rows', async (_, options, config) => {
    const { head, best, history, calibration } = await train(options);
    expect(head.config).toMatchObject({ labels: classes, featureDim: 10, depth: 1, ...config });
    expect(head.config.temperature).toBe(calibration.temperature);
    expect(history).toHaveLength(8);
    expect((history.at(-1)?.trainLoss as number) * 1.5).toBeLessThan(history[0]?.trainLoss as number);
    expect(best.validation.accuracy).toBe(Math.max(...history.map(({ validation }) => validation.accuracy)));
    expect(await accuracyOf(head)).toBeGreaterThan(0.85); // one in six by chance
    await head.dispose();
  });

  it('follows the teacher, not the labels, with alpha 1', async () => {
    // A teacher that calls every class by the name of the next.
    const turned = given.labels.map((label) => classes[(classes.indexOf(label as never) + 1) % 6] as string);
    const validation = learnableRows(classes, { seed: 7 });
    const { head } = await train({ labels: turned, alpha: 1, validation });
    expect(await accuracyOf(head)).toBeGreaterThan(0.85);
    await head.dispose();
  });

  it('gives the same bits for the same seed, and others for another', async () => {
    const weightsOf = async (seed: number) => {
      const { head } = await train({ seed, epochs: 2 });
      await head.dispose();
      return [...head.weights.values()].map(({ data }) => [...data].map(Number));
    };
    const [first, again, other] = [await weightsOf(5), await weightsOf(5), await weightsOf(6)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('keeps the weights of the best epoch', async () => {
    // A rate at which later epochs are worse than the best.
    const { head, best, history } = await train({ schedule: 'constant', learningRate: 0.3, epochs: 12, seed: 3 });
    const last = history.at(-1)?.validation;
    expect(best.validation.accuracy).toBeGreaterThan(last?.accuracy as number);
    const validation = learnableRows(classes, { seed: 7 });
    const { head: other, best: chosen } = await train({ validation, schedule: 'constant', learningRate: 0.3 });
    expect(await accuracyOf(other, validation)).toBeCloseTo(chosen.validation.accuracy, 10);
    await head.dispose();
    await other.dispose();
  });

  it('takes tokens for their mean', async () => {
    const { dims, data } = given.features;
    const tokens = floatTensor(new Float32Array(data.length * 2), [dims[0] as number, 2, 10]);
    data.forEach((value, index) => {
      const at = Math.floor(index / 10) * 20 + (index % 10);
      tokens.data[at] = value - 1;
      tokens.data[at + 10] = value + 1;
    });
    const { head } = await train({ features: tokens });
    expect(await accuracyOf(head)).toBeGreaterThan(0.85);
    await head.dispose();
  });

  it('tells of every step and epoch', async () => {
    const events: TrainingEvent[] = [];
    const { head, best } = await train({ epochs: 2, batchSize: 50, onEvent: (event) => events.push(event) });
    await head.dispose();
    const steps = events.filter(({ type }) => type === 'step-end');
    expect(steps.map((event) => 'step' in event && event.step)).toEqual([1, 2, 3, 4, 5, 6]); // 108 rows, twice
    expect(steps.every((event) => 'totalSteps' in event && event.totalSteps === 6)).toBe(true);
    expect(events.filter((event) => event.type === 'epoch-end' && event.isBest).at(-1)).toMatchObject(best);
  });

  it('stops at the signal and leaves nothing open', async () => {
    const abort = new AbortController();
    const onEvent = ({ type }: TrainingEvent) => type === 'step-end' && abort.abort();
    await expect(train({ signal: abort.signal, onEvent })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
  });
});

describe('what distillHead refuses', () => {
  const withNan = (tensor: typeof given.features) => {
    const data = tensor.data.slice();
    data[tensor.dims[1] as number] = Number.NaN;
    return floatTensor(data, tensor.dims);
  };

  it.each<[string, Partial<DistillHeadOptions>, object]>([
    [
      'an unknown label',
      { labels: ['rage', ...given.labels.slice(1)] },
      { code: 'INVALID_ARGUMENT', argument: 'labels', message: expect.stringContaining('labels[0] is "rage"') },
    ],
    ['no teacher', { teacherLogits: undefined }, { code: 'INVALID_ARGUMENT', argument: 'teacherLogits' }],
    [
      'a teacher of other classes',
      { teacherLogits: learnableRows(emotionLabelSets.fi).teacherLogits },
      { code: 'SHAPE_MISMATCH', input: 'teacherLogits' },
    ],
    ['a teacher of other rows', { teacherLogits: rows(given.teacherLogits, 0, 5) }, { code: 'SHAPE_MISMATCH' }],
    [
      'a teacher without an answer',
      { teacherLogits: withNan(given.teacherLogits) },
      { code: 'NON_FINITE', message: expect.stringContaining('teacherLogits holds NaN in row 1') },
    ],
    [
      'features that are no numbers',
      { features: withNan(given.features) },
      { code: 'NON_FINITE', message: expect.stringContaining('features holds NaN in row 1') },
    ],
    ['too few labels', { labels: given.labels.slice(1) }, { code: 'SHAPE_MISMATCH', input: 'features' }],
    ['no rows', { labels: [] }, { code: 'INVALID_ARGUMENT', argument: 'labels' }],
    [
      'an unknown label to validate',
      { validation: { ...given, labels: given.labels.map(() => 'x') } },
      { argument: 'validation.labels' },
    ],
    ['nothing to validate on', { validationShare: 0 }, { code: 'INVALID_ARGUMENT', argument: 'validation' }],
    ['alpha 2', { alpha: 2 }, { code: 'INVALID_CONFIG', field: 'alpha' }],
    ['temperature 0', { temperature: 0 }, { code: 'INVALID_CONFIG', field: 'temperature' }],
    ['dropout 1', { dropout: 1 }, { code: 'INVALID_CONFIG', field: 'dropout' }],
    ['no epochs', { epochs: 0 }, { code: 'INVALID_CONFIG', field: 'epochs' }],
    ['a rate that is none', { learningRate: Number.NaN }, { code: 'INVALID_CONFIG', field: 'learningRate' }],
    ['a schedule of its own', { schedule: 'step' as never }, { code: 'INVALID_CONFIG', field: 'schedule' }],
    ['no loss any more', { learningRate: 1e30 }, { code: 'NON_FINITE' }],
  ])('%s', async (_, options, error) => {
    await expect(train(options)).rejects.toMatchObject(error);
    expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
  });
});
