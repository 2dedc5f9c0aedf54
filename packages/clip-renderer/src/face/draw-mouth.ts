import { clamp, mix } from '../numbers';
import { type Canvas, type Color, mixColor, scaleColor } from '../raster/canvas';
import { type Point, ribbon, smoothOpen, tapered } from '../raster/geometry';
import type { Mask } from '../raster/mask';
import type { FaceState } from './face-state';
import type { Identity } from './identity';
import type { View } from './view';

const stations = [-1, -0.86, -0.66, -0.4, -0.18, 0, 0.18, 0.4, 0.66, 0.86, 1] as const;

/** The four lip curves in face units from left to right, and how far the mouth is open. */
export interface MouthShape {
  readonly upperOuter: Point[];
  readonly upperInner: Point[];
  readonly lowerInner: Point[];
  readonly lowerOuter: Point[];
  /** Largest gap between the lips, face units. */
  readonly gap: number;
  /** How far the chin has come down, face units. */
  readonly chinDrop: number;
}

/** Lowest point the jaw can fall by, face units. */
const fullJawDrop = 0.36;

export function mouthShape(person: Identity, state: FaceState): MouthShape {
  const { left, right, articulation } = state;
  const lipsPart = (left.lipsPart + right.lipsPart) / 2;
  const sealed = articulation.closed;
  const jaw = clamp(left.jawDrop + 0.55 * articulation.open * (1 - 0.4 * left.jawDrop)) * (1 - 0.55 * sealed);
  const part = clamp(Math.max(lipsPart, articulation.open * 0.8)) * (1 - sealed);
  const gap =
    sealed > 0.85
      ? 0
      : (0.05 * part + 0.01 * (part > 0 ? 1 : 0) + fullJawDrop * jaw * clamp(0.25 + part)) * (1 - sealed);
  const pucker = 0.4 * articulation.round + 0.1 * sealed;
  const centerY = 0.72 + person.mouthHeight;

  const side = (units: FaceState['left']) => {
    const halfWidth =
      0.37 *
      person.mouthWidth *
      (1 +
        0.3 * units.lipCornerPull +
        0.22 * units.lipStretch +
        0.1 * articulation.spread -
        pucker -
        0.1 * units.lipTighten -
        0.16 * jaw * (1 - units.lipCornerPull) +
        0.05 * units.dimple -
        0.06 * units.chinRaise);
    const cornerY =
      centerY +
      gap * 0.32 -
      0.15 * units.lipCornerPull +
      0.13 * units.lipCornerDepress +
      0.03 * units.lipStretch -
      0.02 * units.dimple;
    const thin =
      1 - 0.6 * Math.max(units.lipTighten, units.lipPress) - 0.22 * units.lipStretch - 0.2 * units.lipCornerPull;
    return { halfWidth, cornerY, thin: clamp(thin, 0.25, 1.2), units };
  };
  const sides = { left: side(left), right: side(right) };

  const upperOuter: Point[] = [];
  const upperInner: Point[] = [];
  const lowerInner: Point[] = [];
  const lowerOuter: Point[] = [];
  for (const along of stations) {
    const { halfWidth, cornerY, thin, units } = along < 0 ? sides.left : sides.right;
    const middle = along === 0 ? (sides.left.thin + sides.right.thin) / 2 : thin;
    const reach = Math.abs(along);
    const x = along * halfWidth;
    const fall = reach ** (1.75 - 0.4 * units.lipCornerDepress); // 0 in the middle, 1 at the corner
    const smileSag = 0.035 * units.lipCornerPull;
    const line = mix(centerY + smileSag, cornerY, fall);
    const opening = gap * (1 - reach ** 2.4);
    const raise = units.upperLipRaise * (0.085 * (1 - fall) + 0.05 * Math.exp(-(((reach - 0.5) / 0.25) ** 2)));
    const show = units.lipsPart * units.upperLipRaise * 0.03;
    const push = 0.055 * units.chinRaise * (1 - fall);
    const inner = line - opening * 0.16 - raise - push * 0.6;
    const bow = 0.014 * Math.exp(-((along / 0.12) ** 2)) - 0.01 * Math.exp(-(((reach - 0.22) / 0.12) ** 2));
    const plump = 1 + 0.35 * articulation.round;
    upperInner.push([x, inner]);
    upperOuter.push([x, inner - 0.088 * person.lipFullness * middle * plump * (1 - reach ** 1.6) + bow * (1 - fall)]);
    const lower = Math.max(inner, line + opening * 0.84 + show * (1 - fall) - (gap > 0.005 ? 0 : raise) - push);
    lowerInner.push([x, lower]);
    lowerOuter.push([
      x,
      lower + (0.118 + 0.03 * units.chinRaise) * person.lipFullness * middle * plump * (1 - reach ** 2.1),
    ]);
  }
  return { upperOuter, upperInner, lowerInner, lowerOuter, gap, chinDrop: 0.3 * jaw };
}

/** Lips, teeth, tongue and the folds the mouth makes around itself. */
export function drawMouth(
  canvas: Canvas,
  view: View,
  person: Identity,
  state: FaceState,
  shape: MouthShape,
  head: Mask,
): void {
  const unit = view.scalePx;
  const curve = (points: readonly Point[]) =>
    smoothOpen(
      points.map(([x, y]) => view.surface(x, y, 0.04)),
      3,
    );
  const upperOuter = curve(shape.upperOuter);
  const upperInner = curve(shape.upperInner);
  const lowerInner = curve(shape.lowerInner);
  const lowerOuter = curve(shape.lowerOuter);
  const dark: Color = mixColor(scaleColor(person.skin, 0.32), [0.2, 0.06, 0.06], 0.5);

  const below = canvas.mask(
    ribbon(
      lowerOuter.map(([x, y]): Point => [x, y + 0.05 * unit]),
      tapered(0.07 * unit),
    ),
  );
  canvas.tint(below.blurred(0.035 * unit).within(head), [0.7, 0.62, 0.6], 0.55);

  const inside = canvas.mask([...upperInner, ...[...lowerInner].reverse()]);
  if (inside.width > 0) drawInside(canvas, view, state, shape, inside);

  const lipColor = mixColor(person.lip, [0.66, 0.12, 0.2], 0.55 * person.makeup);
  const upperLip = canvas.mask([...upperOuter, ...[...upperInner].reverse()]);
  const lowerLip = canvas.mask([...lowerInner, ...[...lowerOuter].reverse()]);
  canvas.paint(upperLip, scaleColor(lipColor, 0.82), 0.92);
  canvas.paint(lowerLip, lipColor, 0.92);
  const shineLine = shape.lowerInner.map(([x, y], index): Point => [x * 0.6, mix(y, shape.lowerOuter[index]![1], 0.5)]);
  const shine = canvas
    .mask(ribbon(curve(shineLine), tapered(0.035 * unit)))
    .blurred(0.015 * unit)
    .within(lowerLip);
  canvas.paint(shine, mixColor(lipColor, [1, 0.93, 0.9], 0.55), 0.35 + 0.35 * person.makeup);

  const closedness = clamp(1 - shape.gap / 0.06);
  canvas.fill(ribbon(upperInner, tapered(0.03 * unit)), dark, 0.35 + 0.5 * closedness);
  for (const corner of [upperInner[0]!, upperInner.at(-1)!]) {
    const spot = canvas.mask(
      ribbon(
        [
          [corner[0] - 0.02 * unit, corner[1]],
          [corner[0] + 0.02 * unit, corner[1]],
        ],
        () => 0.05 * unit,
      ),
    );
    canvas.paint(spot.blurred(0.015 * unit), dark, 0.6);
  }
}

function drawInside(canvas: Canvas, view: View, state: FaceState, shape: MouthShape, inside: Mask): void {
  const unit = view.scalePx;
  canvas.paint(inside, [0.2, 0.06, 0.07]);
  const lift = (points: readonly Point[], by: number): Point[] =>
    points.map(([x, y]) => view.surface(x * 0.94, y + by));
  const tooth: Color = [0.93, 0.91, 0.86];
  const upperTeeth =
    clamp(0.75 + state.left.upperLipRaise + state.left.lipCornerPull - 0.5 * state.articulation.round, 0, 1.2) * 0.095;
  const upper = canvas
    .mask([...lift(shape.upperInner, -0.04), ...lift(shape.upperInner, upperTeeth).reverse()])
    .within(inside);
  const bared = Math.max(state.left.lipStretch, state.right.lipStretch, 0.8 * state.left.upperLipRaise);
  const lower = canvas
    .mask([...lift(shape.lowerInner, 0.05), ...lift(shape.lowerInner, -0.075 * bared).reverse()])
    .within(inside);
  const tongueY = shape.lowerInner[5]![1] - 0.02;
  const tongue = canvas.mask(view.spot(0, tongueY, 0.19, 0.035 + 0.2 * shape.gap)).within(inside);
  canvas.paint(tongue.blurred(0.012 * unit).within(inside), [0.68, 0.3, 0.3], clamp(shape.gap * 3.4 - 0.3));
  canvas.paint(lower, scaleColor(tooth, 0.88), clamp(bared * 1.4));
  canvas.paint(upper, tooth, 0.96);
  // Gaps between the teeth, faint.
  const middle = shape.upperInner[5]![1];
  for (const x of [-0.2, -0.13, -0.065, 0, 0.065, 0.13, 0.2]) {
    const gapLine = ribbon([view.surface(x, middle - 0.05), view.surface(x, middle + 0.1)], () =>
      Math.max(0.4, 0.01 * unit),
    );
    canvas.tint(canvas.mask(gapLine).within(upper), 0.75, 0.5);
  }
  const shadowLine = shape.upperInner.map(([x, y]): Point => view.surface(x, y + 0.005));
  canvas.tint(
    canvas
      .mask(ribbon(shadowLine, () => 0.05 * unit))
      .blurred(0.012 * unit)
      .within(inside),
    0.55,
    0.8,
  );
  // Towards the corners the mouth is dark.
  const core = canvas.mask(view.spot(0, middle + shape.gap * 0.45, 0.3, 0.3)).blurred(0.07 * unit);
  canvas.tint(inside.without(core), 0.45, 0.7);
}
