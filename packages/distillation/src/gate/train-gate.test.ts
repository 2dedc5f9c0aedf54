import { Random } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { rows } from '@nano-emox/engine/testing';
import { floatTensor } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import {
  answerVectors,
  emotionLabelSets,
  gateTypes,
  type LabelledGateInputs,
  type TrainGateOptions,
  trainGate,
} from '../index';

const executor = await openExecutor({ workers: 0, threads: 1 });
afterAll(async () => {
  expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
  await executor.dispose();
});

/**
 * Two witnesses of which each knows half of the classes: the head tells even ones and mumbles about the others, the language model the reverse,
 * and sometimes gives no answer.
 */
function halfKnown(classes: readonly string[], seed: number, count = 300): LabelledGateInputs {
  const random = new Random(seed);
  const headLogits = floatTensor(new Float32Array(count * classes.length), [count, classes.length]);
  const answers: (string | undefined)[] = [];
  const labels = Array.from({ length: count }, (_, row) => {
    const label = random.integer(classes.length);
    for (const index of classes.keys()) {
      const known = label % 2 === 0 && index === label ? 4 : 0;
      headLogits.data[row * classes.length + index] = known + random.normal();
    }
    const knows = label % 2 === 1 && random.uniform() > 0.1;
    answers.push(knows ? classes[label] : random.uniform() < 0.1 ? undefined : classes[random.integer(classes.length)]);
    return classes[label] as string;
  });
  return { headLogits, answer: answerVectors(answers, classes), labels };
}

const accuracyOf = (
  scores: { dims: readonly number[]; data: Float32Array },
  { labels }: LabelledGateInputs,
  classes: readonly string[],
) =>
  labels.filter((label, row) => {
    const values = [...scores.data.subarray(row * classes.length, (row + 1) * classes.length)];
    return classes[values.indexOf(Math.max(...values))] === label;
  }).length / labels.length;

const sets = [emotionLabelSets.emotion6, emotionLabelSets.instagram];
describe.each(sets.flatMap((classes) => gateTypes.map((type) => ({ classes, type }))))(
  'a trained gate, $type over $classes.length classes',
  ({ classes, type }) => {
    const [seen, unseen] = [halfKnown(classes, 1), halfKnown(classes, 2)];

    // The published type reads the head in both forms.
    it.each(type === 'concat' ? (['logits', 'softmax'] as const) : (['logits'] as const))(
      'beats both that it reads, head as %s',
      async (headForm) => {
        const { gate, calibration } = await trainGate({
          ...{ ...seen, classes, type, headForm, executor },
          ...{ epochs: 15, batchSize: 16, learningRate: 3e-2 },
        });
        const probabilities = await gate.predict(unseen);
        const gated = accuracyOf(probabilities, unseen, classes);
        const best = Math.max(
          accuracyOf(unseen.headLogits, unseen, classes),
          accuracyOf(unseen.answer, unseen, classes),
        );
        expect(gated).toBeGreaterThan(best + 0.02);
        expect(gate.config).toMatchObject({ type, headForm, labels: classes, temperature: calibration.temperature });
        // For two classes the released training told every row that its label is the first.
        const chosen = new Set(unseen.labels.map((_, row) => argMax(rows(probabilities, row, row + 1).data)));
        expect(chosen.size).toBe(classes.length);
        await gate.dispose();
      },
    );
  },
);

const argMax = (values: Float32Array) => values.indexOf(Math.max(...values));

describe('what trainGate refuses', () => {
  const classes = emotionLabelSets.emotion6;
  const given = halfKnown(classes, 1, 60);
  const broken = floatTensor(
    given.headLogits.data.map((value, index) => (index === 9 ? Number.NaN : value)),
    [60, 6],
  );

  it.each<[string, Partial<TrainGateOptions>, object]>([
    ['an unknown label', { labels: given.labels.map(() => 'bliss') }, { code: 'INVALID_ARGUMENT', argument: 'labels' }],
    ['other classes', { classes: emotionLabelSets.fi }, { code: 'SHAPE_MISMATCH', input: 'headLogits' }],
    ['fewer answers', { answer: rows(given.answer, 0, 3) }, { code: 'SHAPE_MISMATCH', input: 'answer' }],
    ['logits that are none', { headLogits: broken }, { code: 'NON_FINITE' }],
    ['an unknown type', { type: 'sum' as never }, { code: 'INVALID_CONFIG', field: 'type' }],
    ['no rows', { labels: [] }, { code: 'INVALID_ARGUMENT', argument: 'labels' }],
  ])('%s', async (_, options, error) => {
    await expect(trainGate({ ...given, classes, executor, ...options })).rejects.toMatchObject(error);
  });
});
