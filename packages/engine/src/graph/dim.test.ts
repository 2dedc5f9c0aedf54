import { describe, expect, it } from 'vitest';
import { Random } from '../random';
import {
  addDims,
  axis,
  type Dim,
  dimsEqual,
  divideDims,
  evaluateDim,
  floorDivideDim,
  multiplyDims,
  shapesEqual,
  subtractDims,
} from './dim';

const [batch, time] = [axis('batch'), axis('time')];

describe('symbolic sizes', () => {
  it('have one canonical form, however they were made', () => {
    const left = multiplyDims(addDims(batch, 2), addDims(time, -3));
    const right = addDims(-6, multiplyDims(time, 2), multiplyDims(-3, batch), multiplyDims(time, batch));
    expect(dimsEqual(left, right)).toBe(true);
    expect(dimsEqual(left, addDims(right, 1))).toBe(false);
    expect(shapesEqual([left, 3], [right, 3])).toBe(true);
    expect(shapesEqual([left], [right, 1])).toBe(false);
  });

  it('become numbers again where the symbols cancel', () => {
    expect(subtractDims(addDims(time, 5), time)).toBe(5);
    expect(subtractDims(time, time)).toBe(0);
    expect(multiplyDims(time, 0)).toBe(0);
    expect(divideDims(multiplyDims(time, batch, 12), multiplyDims(batch, time))).toBe(12);
  });

  it('divide exactly or not at all', () => {
    expect(
      String(divideDims(addDims(multiplyDims(6, time, batch), multiplyDims(9, time)), multiplyDims(3, time))),
    ).toBe(String(addDims(multiplyDims(2, batch), 3)));
    expect(divideDims(time, 2)).toBeUndefined();
    expect(divideDims(time, batch)).toBeUndefined();
    expect(divideDims(multiplyDims(time, batch), addDims(time, 1))).toBeUndefined();
    expect(divideDims(7, 2)).toBeUndefined();
    expect(divideDims(7, 0)).toBeUndefined();
    expect(divideDims(time, 0)).toBeUndefined();
  });

  it('keep a division with rest as a symbol of its own', () => {
    const half = floorDivideDim(addDims(time, 1), 2);
    expect(String(half)).toBe('floor((time + 1)/2)');
    expect(dimsEqual(half, floorDivideDim(addDims(1, time), 2))).toBe(true);
    expect(floorDivideDim(multiplyDims(time, 4), 2).toString()).toBe('2*time');
    expect(floorDivideDim(7, 2)).toBe(3);
    expect(evaluateDim(half, new Map([['time', 8]]))).toBe(4);
  });

  it('say which axis has no size', () => {
    expect(() => evaluateDim(multiplyDims(batch, time), new Map([['batch', 2]]))).toThrow('axis time has no size');
  });

  it('agree with arithmetic on numbers', () => {
    const random = new Random(11);
    const sizes = new Map([
      ['batch', 3],
      ['time', 7],
    ]);
    for (let round = 0; round < 200; round++) {
      let symbolic: Dim = random.pick([batch, time]);
      let plain = evaluateDim(symbolic, sizes);
      for (let step = 0; step < 5; step++) {
        const other = random.pick<Dim>([batch, time, random.integer(5) + 1]);
        const value = evaluateDim(other, sizes);
        const divisor = random.integer(4) + 2;
        switch (random.integer(4)) {
          case 0:
            [symbolic, plain] = [addDims(symbolic, other), plain + value];
            break;
          case 1:
            [symbolic, plain] = [multiplyDims(symbolic, other), plain * value];
            break;
          case 2:
            [symbolic, plain] = [subtractDims(symbolic, other), plain - value];
            break;
          default:
            [symbolic, plain] = [floorDivideDim(symbolic, divisor), Math.floor(plain / divisor)];
        }
      }
      expect(evaluateDim(symbolic, sizes)).toBe(plain);
    }
  });
});
