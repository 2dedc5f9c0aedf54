import { describe, expect, it } from 'vitest';
import { mixtureByTask, paperTaskRatio, taskSetName } from './mixture-by-task';
import { paperMixtures } from './paper-settings';

const shareOf = (mixture: Readonly<Record<string, number>>, part: string) =>
  Object.entries(mixture)
    .filter(([name]) => name.split('/').includes(part))
    .reduce((sum, [, weight]) => sum + weight, 0);

describe('mixtureByTask', () => {
  it('gives each task its share, and divides it among the data sets of the task', () => {
    const mixture = mixtureByTask({ mir: { mintrec: 2, mintrec2: 3 }, erg: ['avamerg'] }, { mir: 1, erg: 3 });
    expect(mixture).toEqual({ 'mintrec/mir': 0.1, 'mintrec2/mir': 0.15, 'avamerg/erg': 0.75 });
  });

  it('has the ratio of the paper: 18 : 28 : 5 : 31 : 18', () => {
    const mixture = paperMixtures['empathy-multitask'];
    for (const [task, share] of Object.entries(paperTaskRatio)) {
      expect(shareOf(mixture, task), task).toBeCloseTo(share / 100, 12);
    }
    // The data sets then come close to the shares of the released configuration (fact sheet 9.3).
    for (const [set, share] of Object.entries({ 'mer-caption-plus': 0.55, 'merr-fine': 0.05, avamerg: 0.35 })) {
      expect(Math.abs(shareOf(mixture, set) - share), set).toBeLessThan(0.015);
    }
  });

  it('draws a data set of several tasks under a name for each', () => {
    expect(Object.keys(mixtureByTask({ mer: ['avamerg'], erg: ['avamerg'] }))).toEqual([
      taskSetName('avamerg', 'mer'),
      taskSetName('avamerg', 'erg'),
    ]);
  });

  it.each([
    ['a task without a share', { poetry: ['sonnets'] }, { mer: 1 }, 'ratio'],
    ['a task without data', { mer: [] }, { mer: 1 }, 'dataSets'],
    ['data without weight', { mer: { faces: 0 } }, { mer: 1 }, 'dataSets'],
  ])('refuses %s', (_, dataSets, ratio, argument) => {
    const make = () => mixtureByTask(dataSets as Record<string, string[]>, ratio as unknown as Record<string, number>);
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', argument }));
  });
});
