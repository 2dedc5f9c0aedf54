import { expect, it } from 'vitest';
import { cosine, LikenessTrace } from './likeness';

it('is the cosine of two vectors', () => {
  expect(cosine([1, 2], [2, 4])).toBeCloseTo(1, 12);
  expect(cosine([1, 0], [0, 3])).toBe(0);
  expect(cosine([1, 1], [-1, -1])).toBeCloseTo(-1, 12);
  expect(cosine([0, 0], [1, 1])).toBe(0);
});

it('compares with the first moment, then with the one that was kept, and forgets after ten seconds', () => {
  const trace = new LikenessTrace();
  trace.add(Float32Array.of(1, 0), 0);
  trace.add(Float32Array.of(0, 1), 10_000);
  expect(trace.points.map(({ likeness }) => likeness)).toEqual([1, 0]);
  trace.add(Float32Array.of(0, 1), 10_001);
  expect(trace.points.map(({ likeness }) => likeness)).toEqual([0, 0]);
  trace.keepThisMoment();
  trace.add(Float32Array.of(0, 2), 10_002);
  expect(trace.points).toEqual([{ atMs: 10_002, likeness: 1 }]);
});
