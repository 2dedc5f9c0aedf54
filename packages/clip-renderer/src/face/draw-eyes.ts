import { clamp, mix } from '../numbers';
import { type Canvas, type Color, mixColor, scaleColor } from '../raster/canvas';
import { ellipse, type Point, ribbon, smoothOpen, tapered } from '../raster/geometry';
import type { Mask } from '../raster/mask';
import type { ActionUnits } from './action-units';
import type { FaceState } from './face-state';
import type { Identity } from './identity';
import type { View } from './view';

const eyeY = -0.1;

/** The two curves of one eye's opening, face units, from the inner to the outer corner. */
interface EyeShape {
  readonly upper: Point[];
  readonly lower: Point[];
  readonly center: Point;
  readonly halfWidth: number;
  /** Share of a relaxed opening; 0 shut. */
  readonly openness: number;
}

function eyeShape(person: Identity, units: ActionUnits, side: -1 | 1): EyeShape {
  const halfWidth = 0.205 * person.eyeSize;
  const centerX = side * person.eyeSpacing;
  const lift =
    person.eyeOpenness *
    (1 +
      0.75 * units.upperLidRaise -
      0.3 * units.lidTighten -
      0.16 * units.cheekRaise -
      0.38 * units.lidDroop -
      0.22 * units.browLower);
  const shut = 1 - units.eyesClosed;
  const upperHeight = 0.125 * person.eyeSize * clamp(lift, 0.25, 1.9) * shut;
  const lowerHeight =
    0.062 *
      person.eyeSize *
      (1 + 0.35 * units.upperLidRaise - 0.6 * units.lidTighten - 0.85 * units.cheekRaise) *
      mix(0.5, 1, shut) -
    0.03 * units.eyesClosed * units.cheekRaise;
  const sadSlant = 0.028 * units.innerBrowRaise * (1 - units.outerBrowRaise);
  const at = (along: number, height: number): Point => [
    centerX + side * halfWidth * along,
    eyeY - height - person.eyeTilt * along + sadSlant * along,
  ];
  const upperAt = (along: number) =>
    at(along, upperHeight * (1 - Math.abs(along) ** 2.3) + (along < 0 ? 0.012 : 0) * along);
  const lowerAt = (along: number) => at(along, -lowerHeight * (1 - Math.abs(along + 0.06) ** 2.1));
  const stations = [-1, -0.72, -0.35, 0, 0.35, 0.72, 1];
  return {
    upper: stations.map((along) => (Math.abs(along) === 1 ? at(along, 0) : upperAt(along))),
    lower: stations.map((along) => (Math.abs(along) === 1 ? at(along, 0) : lowerAt(along))),
    center: [centerX, eyeY - upperHeight * 0.35 + lowerHeight * 0.2],
    halfWidth,
    openness: lift * shut,
  };
}

/** Both eyes with lids, lashes and bags. Brows are drawn by {@link drawBrows}. */
export function drawEyes(canvas: Canvas, view: View, person: Identity, state: FaceState, head: Mask): void {
  drawEye(canvas, view, person, state.left, state.gaze, -1, head);
  drawEye(canvas, view, person, state.right, state.gaze, 1, head);
}

function drawEye(
  canvas: Canvas,
  view: View,
  person: Identity,
  units: ActionUnits,
  gaze: readonly [number, number],
  side: -1 | 1,
  head: Mask,
): void {
  const shape = eyeShape(person, units, side);
  const upper = view.surfaceCurve(shape.upper, 4);
  const lower = view.surfaceCurve(shape.lower, 4);
  const opening = canvas.mask([...upper, ...[...lower].reverse()]).within(head);
  const unit = view.scalePx;
  const dark = mixColor(scaleColor(person.skin, 0.4), [0.12, 0.07, 0.06], 0.4);

  shadeSocket(canvas, view, person, units, shape, side, head);
  if (shape.openness > 0.08) drawEyeball(canvas, view, person, units, shape, gaze, opening);
  // The upper lid throws a shadow on the ball.
  const shadow = canvas
    .mask(ribbon(upper, tapered(0.085 * unit)))
    .blurred(0.02 * unit)
    .within(opening);
  canvas.tint(shadow, [0.45, 0.42, 0.42], 0.75);

  const lashes = (0.03 + 0.026 * person.makeup + 0.01 * (1 - person.masculinity)) * unit;
  const lashColor: Color = mixColor(dark, [0.06, 0.04, 0.04], 0.5 + 0.4 * person.makeup);
  canvas.fill(
    ribbon(upper, (along) => lashes * Math.sin(Math.PI * (0.12 + 0.76 * along) * (0.75 + 0.25 * along))),
    lashColor,
    0.92,
  );
  if (person.makeup > 0.3) drawWing(canvas, view, shape, side, lashColor);
  canvas.fill(ribbon(lower, tapered(0.014 * unit)), dark, 0.35 + 0.3 * person.makeup);

  const foldLift = 0.05 + 0.03 * clamp(shape.openness) - 0.03 * units.lidTighten - 0.02 * units.browLower;
  const fold = shape.upper.map(([x, y]): Point => [x, y - foldLift]);
  canvas.fill(
    ribbon(view.surfaceCurve(fold, 4), tapered(0.022 * unit)),
    dark,
    0.5 * person.lidFold * (1 - 0.6 * units.eyesClosed) + 0.1,
  );
  drawLines(canvas, view, person, units, shape, side, dark);
}

function drawEyeball(
  canvas: Canvas,
  view: View,
  person: Identity,
  units: ActionUnits,
  shape: EyeShape,
  gaze: readonly [number, number],
  opening: Mask,
): void {
  const unit = view.scalePx;
  const [centerX, centerY] = shape.center;
  const irisRadius = 0.098 * (0.9 + 0.1 * person.eyeSize);
  canvas.paint(opening, mixColor([0.93, 0.92, 0.9], person.skin, 0.12));
  // The white darkens towards the corners: the ball is round.
  const ball = canvas.mask(view.spot(centerX, centerY, shape.halfWidth * 0.75, 0.13)).blurred(0.05 * unit);
  canvas.tint(opening.without(ball), [0.76, 0.7, 0.7], 0.7);
  const irisX = centerX + gaze[0] * 0.09;
  const irisY = eyeY - 0.022 * person.eyeSize + gaze[1] * 0.075;
  const [x, y] = view.surface(irisX, irisY);
  const disc = canvas.mask(ellipse([x, y], irisRadius * unit * 0.97, irisRadius * unit)).within(opening);
  const rim = irisRadius * unit;
  canvas.paintWith(disc, (pixelX, pixelY, color) => {
    const distance = Math.hypot(pixelX + 0.5 - x, pixelY + 0.5 - y) / rim;
    const level = distance > 0.82 ? 0.5 : 0.85 + (0.5 * (pixelY + 0.5 - y)) / rim;
    for (let channel = 0; channel < 3; channel += 1) color[channel] = person.iris[channel]! * level;
  });
  const pupil = irisRadius * (0.42 + 0.1 * units.upperLidRaise);
  canvas.paint(canvas.mask(ellipse([x, y], pupil * unit, pupil * unit)).within(opening), [0.03, 0.02, 0.02]);
  const glint = ellipse([x + 0.03 * unit, y - 0.035 * unit], 0.024 * unit, 0.024 * unit);
  canvas.paint(canvas.mask(glint).within(opening), [1, 1, 1], 0.9);
}

function shadeSocket(
  canvas: Canvas,
  view: View,
  person: Identity,
  units: ActionUnits,
  shape: EyeShape,
  side: -1 | 1,
  head: Mask,
): void {
  const unit = view.scalePx;
  const x = side * person.eyeSpacing;
  const hollow = canvas
    .mask(view.spot(x, eyeY - 0.1, 0.26, 0.12))
    .blurred(0.06 * unit)
    .within(head);
  canvas.tint(hollow, [0.84, 0.78, 0.77], 0.55 + 0.3 * units.browLower);
  if (person.makeup > 0.4) {
    const lid = canvas.mask(view.spot(x, eyeY - 0.1, 0.2, 0.07)).blurred(0.03 * unit);
    canvas.tint(lid, [0.8, 0.62, 0.68], 0.55 * person.makeup);
  }
  const bag = canvas
    .mask(view.spot(x, eyeY + 0.15, 0.16, 0.035))
    .blurred(0.025 * unit)
    .within(head);
  canvas.tint(
    bag,
    [0.8, 0.72, 0.74],
    0.28 + 0.4 * person.wrinkles + 0.3 * units.cheekRaise * Number(shape.openness > 0),
  );
}

function drawWing(canvas: Canvas, view: View, shape: EyeShape, side: -1 | 1, color: Color): void {
  const [x, y] = shape.upper.at(-1)!;
  const wing = view.surfaceCurve(
    [
      [x - side * 0.03, y],
      [x + side * 0.045, y - 0.035],
    ],
    3,
  );
  canvas.fill(
    ribbon(wing, (along) => 0.03 * (1 - along) * view.scalePx),
    color,
    0.8,
  );
}

/** Crow's feet of a real smile or of age, and the pouch under a tightened lid. */
function drawLines(
  canvas: Canvas,
  view: View,
  person: Identity,
  units: ActionUnits,
  shape: EyeShape,
  side: -1 | 1,
  dark: Color,
): void {
  const unit = view.scalePx;
  const strength = clamp(
    0.45 * units.cheekRaise * (0.45 + person.wrinkles) + 0.5 * person.wrinkles + 0.1 * units.lidTighten,
  );
  const [x, y] = shape.upper.at(-1)!;
  for (const angle of [-0.5, 0, 0.5]) {
    const line = view.surfaceCurve(
      [
        [x + side * 0.05, y + 0.03 * angle],
        [x + side * 0.11, y + 0.09 * angle],
        [x + side * 0.16, y + 0.17 * angle],
      ],
      3,
    );
    canvas.fill(ribbon(line, tapered(0.02 * unit)), dark, 0.45 * strength);
  }
  const squeeze = Math.max(units.lidTighten, units.cheekRaise);
  const pouch = shape.lower.map(
    ([px, py], index): Point => [px, py + 0.045 + (index === 0 || index === 6 ? 0 : 0.012)],
  );
  canvas.fill(ribbon(view.surfaceCurve(pouch, 3), tapered(0.022 * unit)), dark, 0.35 * squeeze + 0.2 * person.wrinkles);
}

/** Both brows, moved by units 1, 2 and 4. */
export function drawBrows(canvas: Canvas, view: View, person: Identity, state: FaceState, head: Mask): void {
  drawBrow(canvas, view, person, state.left, -1, head);
  drawBrow(canvas, view, person, state.right, 1, head);
}

function drawBrow(canvas: Canvas, view: View, person: Identity, units: ActionUnits, side: -1 | 1, head: Mask): void {
  const unit = view.scalePx;
  const { innerBrowRaise: inner, outerBrowRaise: outer, browLower: lower, noseWrinkle } = units;
  const base = -0.4 - person.browHeight;
  const arch = 0.03 + 0.06 * person.browArch;
  const pull = 0.07 * lower;
  const points: Point[] = [
    [0.17 - pull + 0.01 * inner, base + 0.02 - 0.17 * inner + 0.17 * lower + 0.06 * noseWrinkle],
    [0.3 - pull * 0.8, base - arch * 0.5 - 0.11 * inner - 0.05 * outer + 0.12 * lower + 0.03 * noseWrinkle],
    [0.46 - pull * 0.4, base - arch - 0.04 * inner - 0.13 * outer + 0.06 * lower],
    [0.6, base - arch * 0.75 - 0.15 * outer + 0.02 * lower],
    [0.73, base + 0.05 - 0.1 * outer + 0.01 * lower],
  ];
  const line = smoothOpen(
    points.map(([x, y]) => view.surface(side * x, y)),
    5,
  );
  const thickness = 0.085 * person.browThickness * unit;
  const width = (along: number) =>
    thickness * (along < 0.15 ? 0.65 + 2.3 * along : 1 - 0.85 * ((along - 0.15) / 0.85) ** 1.6);
  const brow = canvas.mask(ribbon(line, width));
  canvas.tint(brow.blurred(0.03 * unit).within(head), 0.8, 0.5);
  canvas.paint(brow, person.brow, 0.82);
  // Hairs: short strokes that lean outwards.
  const hair = scaleColor(person.brow, 0.7);
  for (let index = 2; index < line.length - 2; index += 2) {
    const [x, y] = line[index]!;
    const half = width(index / (line.length - 1)) * 0.5;
    const lean = side * (0.25 + 0.6 * (index / line.length)) * half;
    const stroke = ribbon(
      [
        [x - lean, y + half],
        [x + lean, y - half],
      ],
      () => Math.max(0.5, 0.014 * unit),
    );
    canvas.fill(stroke, hair, 0.4);
  }
}
