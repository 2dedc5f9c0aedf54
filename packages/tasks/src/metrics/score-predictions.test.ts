import { describe, expect, it } from 'vitest';
import { formatAnswer } from '../answer/answers';
import type { TaskId } from '../task';
import { taskIds } from '../tasks/task-table';
import type { PredictionRow, RowValue } from './prediction-row';
import { mainMetrics, scorePredictions } from './score-predictions';

const rowsOf = (...pairs: [gold: RowValue, prediction: RowValue][]): PredictionRow[] =>
  pairs.map(([gold, prediction], index) => ({ id: `s${index}`, gold, prediction }));

const coe = { eventScenario: 'news', emotionCause: 'news', goalToResponse: 'to help' };
const empathy = (speakerEmotion: string) =>
  formatAnswer('erg', { chainOfEmpathy: { ...coe, speakerEmotion }, response: 'I am here for you.' });

/** Rows whose predictions are right, in the grammar that the tasks teach. */
const rightRows: Readonly<Record<TaskId, readonly PredictionRow[]>> = {
  msa: rowsOf(
    [2.4, formatAnswer('msa', { sentiment: 'positive', valence: 0.8 })],
    [-1, formatAnswer('msa', { sentiment: 'negative', valence: -0.4 })],
  ),
  mer: rowsOf(
    ['happy', formatAnswer('mer', { emotion: 'happy' })],
    ['sadness', formatAnswer('mer', { emotion: 'sad' })],
  ),
  ovMer: rowsOf([['happy', 'worried'], formatAnswer('ovMer', { emotions: ['glad', 'nervous'] })]),
  eri: rowsOf(['He weeps. So he feels sad.', 'He weeps. So he feels sad.']),
  mir: rowsOf(['Complain', formatAnswer('mir', { intent: 'complain' })]),
  erg: rowsOf(['sad', empathy('sad')], ['happy', empathy('happy')]),
};

describe('scorePredictions', () => {
  it.each(taskIds)('gives right answers to %s the best main score', async (task) => {
    const report = await scorePredictions(task, rightRows[task]);
    const { name, best } = mainMetrics[task];
    expect(report.metrics[name]).toBe(best);
    expect(report.counts).toEqual({ samples: rightRows[task].length, skipped: 0, reasons: {}, unanswered: 0 });
    for (const value of Object.values(report.metrics)) expect(value).toBeLessThanOrEqual(best);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it.each(taskIds)('gives empty answers to %s the worst, without an error', async (task) => {
    const report = await scorePredictions(
      task,
      rightRows[task].map((row) => ({ ...row, prediction: '' })),
    );
    expect(report.counts.unanswered).toBe(rightRows[task].length);
    expect(report.metrics[mainMetrics[task].name]).toBeLessThanOrEqual(task === 'eri' ? 1 : 0.5);
  });

  it('counts what is left out, and why', async () => {
    const msa = await scorePredictions('msa', rowsOf([0, 1], [1, 1], ['?', 1], ['negative', 'negative']));
    expect(msa.counts).toMatchObject({ samples: 2, skipped: 2, reasons: { 'neutral-gold': 1, 'unreadable-gold': 1 } });
    expect(msa.metrics).toMatchObject({ waf: 1, accBySign: 2 / 3 });
    const mer = await scorePredictions('mer', rowsOf(['zzz', '[zzz]'], ['happy', '[zzz, joy]']));
    expect(mer.counts).toMatchObject({ samples: 1, skipped: 1, reasons: { 'gold-on-no-wheel': 1 } });
    expect(mer.metrics).toMatchObject({ hitRate: 1, hitRateWithUnmapped: 1, accuracy: 0.5 });
  });

  it('leaves out metrics that are not defined', async () => {
    const { metrics } = await scorePredictions('msa', rowsOf([0, 0]));
    expect(metrics).toEqual({ wafBySign: 1, accBySign: 1 });
  });

  it('reads numbers, lists, written lists and free text', async () => {
    const msa = await scorePredictions('msa', rowsOf(['1.5', '0.4'], [-1, ['sad']], [-2, 'positive'], [1, '[joy]']));
    expect(msa.metrics.acc).toBe(0.75);
    const text = 'I would say that in this clip she looks quite cheerful, and hardly worried at all.';
    const ov = await scorePredictions('ovMer', rowsOf(["['happy']", text]));
    expect(ov.metrics).toMatchObject({ precision: 1, recall: 1 });
  });

  it('scores the first label as a closed classification', async () => {
    const rows = rowsOf(['joy', '[happy, sad]'], ['anger', ['sad']], ['anger', ['angry']]);
    const { metrics, perClass } = await scorePredictions('mer', rows);
    expect(metrics.accuracy).toBeCloseTo(2 / 3, 12); // "happy" is joy in another word, "angry" is anger
    expect(perClass?.anger).toMatchObject({ precision: 1, recall: 0.5, support: 2 });
  });

  it('projects annotated gold emotions of ERG, as published', async () => {
    const rows = rowsOf(['worried', empathy('worried')]);
    expect((await scorePredictions('erg', rows)).metrics).toMatchObject({
      emotionAccuracy: 0,
      emotionAccuracyCorrected: 100,
    });
    const projected = await scorePredictions('erg', rows, { goldEmotions: 'projected' });
    expect(projected.metrics.emotionAccuracy).toBe(100);
  });

  it('asks the judge and the extractor it is given', async () => {
    const judge = { compare: async () => ({ score: 5, reply: '5' }) };
    const extractor = { extract: async () => ['happy'] };
    const { metrics } = await scorePredictions('eri', rightRows.eri, { judge, extractor });
    expect(metrics).toEqual({ clueOverlap: 5, labelOverlap: 5, clueOverlapRated: 5, labelOverlapRated: 5 });
  });

  it('refuses rows that cannot be scored', async () => {
    const bad: [unknown, string][] = [
      [[], 'there are no rows'],
      [[...rightRows.mir, ...rightRows.mir], 'the id "s0" comes twice'],
      [[{ id: 'x', gold: null, prediction: '' }], 'gold value of "x"'],
      [[{ id: 'x', gold: 'a', prediction: [1] }], 'prediction of "x"'],
    ];
    for (const [rows, problem] of bad) {
      await expect(scorePredictions('mir', rows as PredictionRow[])).rejects.toThrow(problem);
    }
    await expect(scorePredictions('toString' as TaskId, rightRows.mir)).rejects.toThrow('there is no task');
    const aborted = scorePredictions('mir', rightRows.mir, { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
