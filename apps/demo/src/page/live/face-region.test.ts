import { expect, it } from 'vitest';
import { centreSquare, colourPlanes } from './face-region';

it('takes a square in the middle, wherever the picture is longer', () => {
  expect(centreSquare(640, 480, 1)).toEqual({ x: 80, y: 0, side: 480 });
  expect(centreSquare(480, 640, 0.5)).toEqual({ x: 120, y: 200, side: 240 });
  expect(centreSquare(1, 1, 0.3)).toEqual({ x: 0, y: 0, side: 1 });
});

it('parts pixels into planes, without their opacity', () => {
  expect([...colourPlanes(Uint8ClampedArray.of(1, 2, 3, 255, 4, 5, 6, 255))]).toEqual([1, 4, 2, 5, 3, 6]);
});
