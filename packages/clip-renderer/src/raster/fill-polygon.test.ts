import { describe, expect, it } from 'vitest';
import { fillPolygon } from './fill-polygon';
import { ellipse, type Point } from './geometry';

function area(polygon: readonly Point[], side = 32): number {
  return fillPolygon(polygon, side, side).values.reduce((sum, value) => sum + value, 0);
}

describe('fillPolygon', () => {
  it('covers exactly the area of shapes that cut through pixels', () => {
    expect(
      area([
        [2.25, 3.5],
        [9.75, 3.5],
        [9.75, 8.25],
        [2.25, 8.25],
      ]),
    ).toBeCloseTo(7.5 * 4.75, 4);
    expect(
      area([
        [1, 1],
        [20.5, 4.3],
        [7.2, 25.9],
      ]),
    ).toBeCloseTo(0.5 * Math.abs(19.5 * 24.9 - 6.2 * 3.3), 3);
    expect(area(ellipse([16, 16], 9, 5, 0.4, 400))).toBeCloseTo(Math.PI * 45, 1);
  });

  it('gives each border pixel its share', () => {
    const mask = fillPolygon(
      [
        [1.5, 1],
        [3, 1],
        [3, 2],
        [1.5, 2],
      ],
      8,
      8,
    );
    expect([mask.at(1, 1), mask.at(2, 1), mask.at(3, 1)]).toEqual([0.5, 1, 0]);
  });

  it('cuts shapes at the canvas and ignores those outside', () => {
    expect(
      area([
        [-10, -10],
        [5, -10],
        [5, 5],
        [-10, 5],
      ]),
    ).toBeCloseTo(25, 4);
    expect(
      area([
        [30, 30],
        [99, 30],
        [99, 99],
        [30, 99],
      ]),
    ).toBeCloseTo(4, 4);
    expect(
      area([
        [40, 40],
        [50, 40],
        [50, 50],
      ]),
    ).toBe(0);
  });

  it('does not depend on the direction of the outline', () => {
    const triangle: Point[] = [
      [3, 2],
      [19, 8],
      [6, 21],
    ];
    expect(area([...triangle].reverse())).toBeCloseTo(area(triangle), 4);
  });
});
