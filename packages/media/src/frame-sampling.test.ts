import { describe, expect, it } from 'vitest';
import { frameIndices } from './frame-sampling';

describe('frameIndices', () => {
  it('starts at the first frame and rounds down, as published', () => {
    expect(frameIndices(75, 8)).toEqual([0, 9, 18, 28, 37, 46, 56, 65]);
    expect(frameIndices(8, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('repeats the last frame of a short video', () => {
    expect(frameIndices(3, 8)).toEqual([0, 1, 2, 2, 2, 2, 2, 2]);
    expect(frameIndices(1, 8)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('offers to cover the end and to take the middles', () => {
    expect(frameIndices(75, 4, 'cover-end')).toEqual([0, 24, 49, 74]);
    expect(frameIndices(80, 4, 'centre')).toEqual([10, 30, 50, 70]);
    expect(frameIndices(1, 2, 'cover-end')).toEqual([0, 0]);
  });

  it.each([
    [0, 8],
    [10, 0],
    [2.5, 8],
  ])('refuses %s frames, %s wanted', (total, count) => {
    expect(() => frameIndices(total, count)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
