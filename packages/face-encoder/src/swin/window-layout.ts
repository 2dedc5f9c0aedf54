import type { MapSize } from './map-size';

/** How one block cuts its map into attention windows. Everything is known while tracing. */
export interface WindowLayout {
  /** The map as it enters the block. */
  readonly map: MapSize;
  /** The map after zeros were added at the bottom and right: whole windows only. */
  readonly padded: MapSize;
  /** Windows per axis. */
  readonly grid: MapSize;
  /** Positions the map is rolled towards the start of each axis before it is cut. */
  readonly shift: MapSize;
  readonly windowSize: number;
}

/** Layout for a map; an axis that is not larger than one window is never shifted (torchvision, `shifted_window_attention`). */
export function windowLayout(map: MapSize, windowSize: number, isShifted: boolean): WindowLayout {
  const grid = map.map((size) => Math.ceil(size / windowSize)) as unknown as MapSize;
  const padded = grid.map((windows) => windows * windowSize) as unknown as MapSize;
  const shift = grid.map((windows) =>
    isShifted && windows > 1 ? Math.floor(windowSize / 2) : 0,
  ) as unknown as MapSize;
  return { map, padded, grid, shift, windowSize };
}

/**
 * Row of the relative position table for each pair of positions of a window, `[windowSize² · windowSize²]`:
 * `(yᵢ − yⱼ + w − 1) · (2w − 1) + (xᵢ − xⱼ + w − 1)`, positions in row-major order.
 */
export function relativePositionIndex(windowSize: number): Int32Array {
  const positions = windowSize * windowSize;
  const index = new Int32Array(positions * positions);
  for (let i = 0; i < positions; i++) {
    for (let j = 0; j < positions; j++) {
      const dy = Math.floor(i / windowSize) - Math.floor(j / windowSize) + windowSize - 1;
      const dx = (i % windowSize) - (j % windowSize) + windowSize - 1;
      index[i * positions + j] = dy * (2 * windowSize - 1) + dx;
    }
  }
  return index;
}

/** Score added to pairs that only became neighbours by rolling the map. Finite on purpose: torchvision uses −100, not −∞. */
const SEPARATED = -100;

/**
 * `[windows, windowSize², windowSize²]`: {@link SEPARATED} where two positions of a window come from different sides of the rolled
 * map, else 0. `undefined` when nothing was rolled.
 */
export function shiftMask({ padded, grid, shift, windowSize }: WindowLayout): Float32Array | undefined {
  if (shift[0] === 0 && shift[1] === 0) return undefined;
  const [rowRegions, columnRegions] = [0, 1].map((axis) =>
    regions(padded[axis] as number, shift[axis] as number, windowSize),
  ) as [number[], number[]];
  const positions = windowSize * windowSize;
  const mask = new Float32Array(grid[0] * grid[1] * positions * positions);
  for (let window = 0; window < grid[0] * grid[1]; window++) {
    const top = Math.floor(window / grid[1]) * windowSize;
    const left = (window % grid[1]) * windowSize;
    const regionOf = (position: number) =>
      3 * (rowRegions[top + Math.floor(position / windowSize)] as number) +
      (columnRegions[left + (position % windowSize)] as number);
    for (let i = 0; i < positions; i++) {
      for (let j = 0; j < positions; j++) {
        if (regionOf(i) !== regionOf(j)) mask[(window * positions + i) * positions + j] = SEPARATED;
      }
    }
  }
  return mask;
}

/** Region of each position of one axis: all but the last window, the last window without the rolled part, the rolled part. */
function regions(size: number, shift: number, windowSize: number): number[] {
  return Array.from({ length: size }, (_, position) => {
    if (shift === 0 || position < size - windowSize) return 0;
    return position < size - shift ? 1 : 2;
  });
}
