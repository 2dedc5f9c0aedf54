import { comparisonTable } from '@nano-emox/p2e';
import { describe, expect, it } from 'vitest';
import { orderVerdict } from './order-verdict';

const tableOf = (values: Readonly<Record<string, readonly number[]>>) =>
  comparisonTable(
    Object.entries(values).flatMap(([name, list]) =>
      list.map((value, index) => ({ name, seed: index + 1, metrics: { score: value } })),
    ),
  );

describe('orderVerdict', () => {
  it('gives differences in deviations of the seeds', () => {
    // Deviations 2 and 4: pooled √((4 + 16) / 2) = 3.1623.
    const verdict = orderVerdict(tableOf({ p2e: [18, 20, 22], joint: [6, 10, 14], reverse: [1, 1, 1] }), 'score');
    expect(verdict?.holds).toBe(true);
    expect(verdict?.pairs[0]?.deviations).toBeCloseTo(10 / Math.sqrt(10), 10);
    expect(verdict?.pairs[1]).toMatchObject({ better: 'joint', worse: 'reverse', difference: 9 });
    expect(verdict?.sentence).toBe(
      'On the score the order p2e > joint > reverse holds: p2e is 10.0000 above joint (3.2 deviations of the seeds); joint is 9.0000 above reverse (3.2 deviations of the seeds).',
    );
  });

  it('says so when the order does not hold', () => {
    const verdict = orderVerdict(tableOf({ p2e: [1, 2], joint: [3, 4], reverse: [3, 4] }), 'score');
    expect(verdict?.holds).toBe(false);
    expect(verdict?.sentence).toBe(
      'On the score the order p2e > joint > reverse does not hold: joint is 2.0000 above p2e (2.8 deviations of the seeds); joint and reverse are equal.',
    );
  });

  it('says so when an order holds by chance, or by one seed', () => {
    const close = orderVerdict(tableOf({ p2e: [1, 5], joint: [0, 4.5], reverse: [-40, -41] }), 'score');
    expect(close?.sentence).toMatch(/holds: .*p2e over joint is within what other seeds could turn round\.$/);
    const single = orderVerdict(tableOf({ p2e: [3], joint: [2], reverse: [1] }), 'score');
    expect(single?.pairs[0]).toEqual({ better: 'p2e', worse: 'joint', difference: 1 });
    expect(single?.sentence).toMatch(/the spread over seeds is unknown.*These differences are within/);
  });

  it('needs all rows', () => {
    expect(orderVerdict(tableOf({ p2e: [1], joint: [1] }), 'score')).toBeUndefined();
    expect(orderVerdict(tableOf({ p2e: [1], joint: [1], reverse: [1] }), 'other')).toBeUndefined();
  });
});
