import type { Point } from './geometry';
import { Mask } from './mask';

/**
 * Anti-aliased coverage of a polygon by exact signed areas: every edge adds the area to its right, cell by cell, and a
 * running sum per row turns that into coverage. Parts outside the canvas are cut off. Time grows with edges plus area.
 * @returns the coverage inside the polygon's bounding box
 */
export function fillPolygon(polygon: readonly Point[], canvasWidth: number, canvasHeight: number): Mask {
  let minX = Infinity;
  let minY = Infinity;
  let maxX = -Infinity;
  let maxY = -Infinity;
  for (const [x, y] of polygon) {
    if (x < minX) minX = x;
    if (x > maxX) maxX = x;
    if (y < minY) minY = y;
    if (y > maxY) maxY = y;
  }
  const left = Math.max(0, Math.floor(minX));
  const top = Math.max(0, Math.floor(minY));
  const width = Math.min(canvasWidth, Math.ceil(maxX)) - left;
  const height = Math.min(canvasHeight, Math.ceil(maxY)) - top;
  if (!(width > 0 && height > 0)) return new Mask(0, 0, 0, 0);

  const stride = width + 2; // an edge at the right border writes one cell beyond it
  const areas = new Float32Array(stride * height);
  for (let index = 0; index < polygon.length; index += 1) {
    const from = polygon[index]!;
    const to = polygon[(index + 1) % polygon.length]!;
    addEdge(areas, stride, width, height, from[0] - left, from[1] - top, to[0] - left, to[1] - top);
  }

  const mask = new Mask(left, top, width, height);
  for (let row = 0; row < height; row += 1) {
    let sum = 0;
    for (let column = 0; column < width; column += 1) {
      sum += areas[row * stride + column]!;
      const coverage = Math.abs(sum);
      mask.values[row * width + column] = Math.min(coverage, 1);
    }
  }
  return mask;
}

function addEdge(
  areas: Float32Array,
  stride: number,
  width: number,
  height: number,
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
): void {
  if (fromY === toY) return;
  const direction = fromY < toY ? 1 : -1;
  const upperX = direction > 0 ? fromX : toX;
  const upperY = direction > 0 ? fromY : toY;
  const lowerY = direction > 0 ? toY : fromY;
  const slope = (toX - fromX) / (toY - fromY);
  const firstRow = Math.max(0, Math.floor(upperY));
  const endRow = Math.min(height, Math.ceil(lowerY));
  for (let row = firstRow; row < endRow; row += 1) {
    const rowStartY = Math.max(row, upperY);
    const rowEndY = Math.min(row + 1, lowerY);
    const startX = clampColumn(upperX + (rowStartY - upperY) * slope, width);
    const endX = clampColumn(upperX + (rowEndY - upperY) * slope, width);
    addRowSegment(
      areas,
      row * stride,
      Math.min(startX, endX),
      Math.max(startX, endX),
      direction * (rowEndY - rowStartY),
    );
  }
}

function clampColumn(x: number, width: number): number {
  return x < 0 ? 0 : Math.min(x, width);
}

/** Spreads one edge piece of signed height `rise` inside one row over the cells between `x0` ≤ `x1`. */
function addRowSegment(areas: Float32Array, offset: number, x0: number, x1: number, rise: number): void {
  const risePerColumn = x1 > x0 ? rise / (x1 - x0) : 0;
  let column = Math.floor(x0);
  do {
    const cellFrom = Math.max(column, x0);
    const cellTo = Math.min(column + 1, x1);
    const cellRise = x1 > x0 ? risePerColumn * (cellTo - cellFrom) : rise;
    const insideCell = 0.5 * (cellFrom + cellTo) - column; // mean distance of the edge from the cell's left border
    areas[offset + column]! += cellRise * (1 - insideCell);
    areas[offset + column + 1]! += cellRise * insideCell;
    column += 1;
  } while (column < x1);
}
