/** A point in pixels (or in face units before projection), `[x, y]`, y downwards. */
export type Point = readonly [number, number];

/** Closed Catmull–Rom curve through `points`, flattened to a polygon with `steps` segments per point. */
export function smoothClosed(points: readonly Point[], steps = 6): Point[] {
  const count = points.length;
  const polygon: Point[] = [];
  for (let index = 0; index < count; index += 1) {
    const before = points[(index + count - 1) % count]!;
    const from = points[index]!;
    const to = points[(index + 1) % count]!;
    const after = points[(index + 2) % count]!;
    for (let step = 0; step < steps; step += 1) polygon.push(catmullRom(before, from, to, after, step / steps));
  }
  return polygon;
}

/** Open Catmull–Rom curve through `points`, both ends included. */
export function smoothOpen(points: readonly Point[], steps = 6): Point[] {
  const last = points.length - 1;
  const line: Point[] = [];
  for (let index = 0; index < last; index += 1) {
    const before = points[Math.max(0, index - 1)]!;
    const from = points[index]!;
    const to = points[index + 1]!;
    const after = points[Math.min(last, index + 2)]!;
    for (let step = 0; step < steps; step += 1) line.push(catmullRom(before, from, to, after, step / steps));
  }
  line.push(points[last]!);
  return line;
}

function catmullRom(before: Point, from: Point, to: Point, after: Point, at: number): Point {
  return [
    catmullRomAxis(before[0], from[0], to[0], after[0], at),
    catmullRomAxis(before[1], from[1], to[1], after[1], at),
  ];
}

function catmullRomAxis(before: number, from: number, to: number, after: number, at: number): number {
  const linear = to - before;
  const square = 2 * before - 5 * from + 4 * to - after;
  const cube = 3 * from - before - 3 * to + after;
  return from + 0.5 * at * (linear + at * (square + at * cube));
}

/** Ellipse as a polygon. `tilt` in radians. */
export function ellipse(center: Point, radiusX: number, radiusY: number, tilt = 0, segments = 28): Point[] {
  const cosine = Math.cos(tilt);
  const sine = Math.sin(tilt);
  return Array.from({ length: segments }, (_, index) => {
    const angle = (2 * Math.PI * index) / segments;
    const x = radiusX * Math.cos(angle);
    const y = radiusY * Math.sin(angle);
    return [center[0] + x * cosine - y * sine, center[1] + x * sine + y * cosine] as const;
  });
}

/**
 * A stroke of varying width as one polygon.
 * @param line centre line; @param widthAt full width at a position in [0, 1] along the line
 */
export function ribbon(line: readonly Point[], widthAt: (position: number) => number): Point[] {
  const last = line.length - 1;
  const left: Point[] = [];
  const right: Point[] = [];
  for (let index = 0; index <= last; index += 1) {
    const before = line[Math.max(0, index - 1)]!;
    const after = line[Math.min(last, index + 1)]!;
    const deltaX = after[0] - before[0];
    const deltaY = after[1] - before[1];
    const half = widthAt(last === 0 ? 0 : index / last) / 2 / (Math.hypot(deltaX, deltaY) || 1);
    const [x, y] = line[index]!;
    left.push([x - deltaY * half, y + deltaX * half]);
    right.push([x + deltaY * half, y - deltaX * half]);
  }
  return [...left, ...right.reverse()];
}

/** Width profile of a stroke that swells in the middle and ends in points. */
export function tapered(width: number): (position: number) => number {
  return (position) => width * Math.sin(Math.PI * (0.08 + 0.84 * position));
}
