import { describe, expect, it } from 'vitest';
import type { AffectTaskId } from '../task';
import fixture from './__fixtures__/affect-metrics.json';
import { multiLabelScore } from './multi-label';
import type { PredictionRow, RowValue } from './prediction-row';
import { quadraticKappa } from './quadratic-kappa';
import { scorePredictions } from './score-predictions';

const rowsOf = (gold: readonly RowValue[], predictions: readonly RowValue[]): PredictionRow[] =>
  gold.map((value, index) => ({ id: `s${index}`, gold: value, prediction: predictions[index] as RowValue }));

const cases: [task: AffectTaskId, data: keyof typeof fixture][] = [
  ['vReg', 'numbers'],
  ['eiReg', 'numbers'],
  ['vOc', 'valenceClasses'],
  ['eiOc', 'levels'],
  ['eiOc', 'levelsWithGap'],
  ['eC', 'labels'],
];

describe(`scores equal scipy ${fixture.versions.scipy} and scikit-learn ${fixture.versions.sklearn}`, () => {
  it.each(cases)('%s on %s', async (task, data) => {
    const { gold, prediction, expected } = fixture[data] as {
      gold: RowValue[];
      prediction: RowValue[];
      expected: Record<string, number>;
    };
    const named = task.startsWith('ei') ? gold.map((number) => `anger ${number}`) : gold;
    const { metrics, counts } = await scorePredictions(task, rowsOf(named, prediction));
    expect(Object.keys(metrics).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected))
      expect(Math.abs((metrics[name] ?? Number.NaN) - value), name).toBeLessThan(1e-9);
    expect(counts).toEqual({ samples: gold.length, skipped: 0, reasons: {}, unanswered: 0 });
  });
});

describe('scores of affect', () => {
  it('are means over the emotions of EI, each alone beside them', async () => {
    const gold = ['anger 0.1', 'anger 0.9', 'anger 0.7', 'joy 0.2', 'joy 0.8', 'joy 0.6'];
    const { metrics } = await scorePredictions('eiReg', rowsOf(gold, [0.1, 0.9, 0.7, 0.8, 0.2, 0.4]));
    expect(metrics['pearson of anger']).toBeCloseTo(1, 12);
    expect(metrics['pearson of joy']).toBeCloseTo(-1, 12);
    expect(metrics.pearson).toBeCloseTo(0, 12);
  });

  it('read answers in the grammar of the task, and count another emotion as none', async () => {
    const answers = ['The level of anger is 3.', '1: low amount of anger can be inferred', 'The level of joy is 2.'];
    const { counts, metrics } = await scorePredictions('eiOc', rowsOf(['anger 3', 'anger 1', 'anger 2'], answers));
    expect(counts).toMatchObject({ samples: 3, unanswered: 1 });
    expect(metrics.pearson).toBeLessThan(1);
  });

  it('take an answer that cannot be read for the far end of the scale', async () => {
    const unread = await scorePredictions('vReg', rowsOf([0.1, 0.4, 0.9], ['?', 0.4, 'glad']));
    const far = await scorePredictions('vReg', rowsOf([0.1, 0.4, 0.9], [1, 0.4, 0]));
    expect(unread.metrics).toEqual(far.metrics);
    expect(unread.counts.unanswered).toBe(2);
    const classes = await scorePredictions('vOc', rowsOf([-3, 3, 1], [4, 1.5, 1]));
    expect(classes.counts.unanswered).toBe(2);
    expect(classes.metrics.pearson).toBeLessThan(0);
  });

  it('are 0 for answers that do not vary, as officially', async () => {
    const { metrics } = await scorePredictions('vOc', rowsOf([-1, 0, 2], [1, 1, 1]));
    expect(metrics).toEqual({ pearson: 0, pearsonNonZero: 0, quadraticKappa: 0, quadraticKappaNonZero: 0 });
  });

  it('leave out what is not defined', async () => {
    const { metrics } = await scorePredictions('vReg', rowsOf([0.1, 0.2, 0.9], [0.1, 0.2, 0.9]));
    expect(Object.keys(metrics)).toEqual(['pearson']); // one sample lies in the upper half
  });

  it('tell neutral from no answer', async () => {
    const neutral = await scorePredictions('eC', rowsOf([[], ['joy']], [[], 'The emotions are joy.']));
    expect(neutral.metrics.jaccard).toBe(1);
    const silent = await scorePredictions('eC', rowsOf([[], 'neutral', ['joy']], ['', 'bored', ['happy']]));
    expect(silent.metrics.jaccard).toBeCloseTo(1 / 3, 12);
    expect(silent.counts.unanswered).toBe(2);
    expect(silent.perClass?.joy).toEqual({ precision: 1, recall: 1, f1: 1, support: 1 });
  });

  it('leave out rows whose gold value cannot be read', async () => {
    const reasons = { 'unreadable-gold': 1 };
    expect((await scorePredictions('eC', rowsOf([['bored'], ['joy']], [['joy'], ['joy']]))).counts.reasons).toEqual(
      reasons,
    );
    expect((await scorePredictions('vReg', rowsOf([1.2, 0.4], [1, 0.4]))).counts.reasons).toEqual(reasons);
  });
});

describe('quadraticKappa', () => {
  it('is 1 for agreement, undefined for one class, and refuses lists of different length', () => {
    expect(quadraticKappa([0, 1, 3], [0, 1, 3])).toBe(1);
    expect(quadraticKappa([1, 1], [1, 1])).toBeUndefined();
    expect(quadraticKappa([], [])).toBeUndefined();
    expect(() => quadraticKappa([1], [])).toThrow('quadraticKappa');
  });
});

it('multiLabelScore counts only the labels it is told of', () => {
  const score = multiLabelScore([{ gold: ['a'], prediction: ['a', 'b'] }], ['a']);
  expect(score).toMatchObject({ jaccard: 0.5, microF1: 1, macroF1: 1 });
});
