import { clamp } from '../numbers';
import { type Canvas, mixColor, scaleColor } from '../raster/canvas';
import { ellipse, type Point, ribbon, smoothClosed, tapered } from '../raster/geometry';
import type { Mask } from '../raster/mask';
import type { MouthShape } from './draw-mouth';
import type { FaceState } from './face-state';
import { HeightField, type Light } from './height-field';
import type { Identity } from './identity';
import type { View } from './view';

/** The head's outline; the jaw follows the mouth. */
export function headOutline(view: View, person: Identity, chinDrop: number): Point[] {
  const chin = person.chinLength + chinDrop;
  const jaw = person.jawWidth;
  const full = 0.05 * person.cheekFullness;
  const turn = 0.22 * Math.sin(view.pose.yaw);
  const half: Point[] = [
    [0, -person.foreheadHeight - 0.06],
    [0.52, -person.foreheadHeight + 0.07],
    [0.86, -0.86],
    [0.99, -0.35],
    [0.97, 0.1],
    [0.91 + full, 0.42],
    [0.6 + 0.32 * jaw + full - 0.05, 0.7],
    [0.28 + 0.42 * jaw, 0.92 + chinDrop * 0.55],
    [0.32 * jaw + 0.05, chin - 0.08],
    [0.12, chin],
  ];
  const right = half.map(([x, y]): Point => [x + turn * smoothTurn(y), y]);
  const left = half
    .slice(1)
    .map(([x, y]): Point => [-x + turn * smoothTurn(y), y])
    .reverse();
  return smoothClosed(
    [...right, ...left].map(([x, y]) => view.flat(x, y)),
    5,
  );
}

/** Turning shows most where the face is nearest to the camera: the chin and mouth. */
function smoothTurn(y: number): number {
  return clamp((y + 0.4) / 1.4);
}

export function drawNeckAndClothes(canvas: Canvas, view: View, person: Identity): void {
  const unit = view.scalePx;
  const neck = 0.5 + 0.14 * person.masculinity;
  const chin = person.chinLength;
  const neckShape = smoothClosed([
    view.body(-neck, 0.5),
    view.body(neck, 0.5),
    view.body(neck + 0.04, chin + 0.25),
    view.body(neck + 0.35, chin + 0.65),
    view.body(0, chin + 1.6),
    view.body(-neck - 0.35, chin + 0.65),
    view.body(-neck - 0.04, chin + 0.25),
  ]);
  const neckMask = canvas.fill(neckShape, scaleColor(person.skin, 0.84));
  canvas.tint(
    canvas
      .mask(ellipse(view.body(0, chin - 0.05), 0.8 * unit, 0.42 * unit))
      .blurred(0.1 * unit)
      .within(neckMask),
    [0.6, 0.5, 0.48],
    0.8,
  );
  const shoulders = 1.75 + 0.5 * person.masculinity;
  const dip = { round: 0.45, vee: 0.85, shirt: 0.55 }[person.clothesCollar];
  const base = chin + 0.35;
  const clothes = smoothClosed([
    view.body(-neck - 0.12, base),
    view.body(-neck * 0.6, base + dip * 0.75),
    view.body(0, base + dip),
    view.body(neck * 0.6, base + dip * 0.75),
    view.body(neck + 0.12, base),
    view.body(shoulders * 0.75, base + 0.35),
    view.body(shoulders, base + 0.95),
    view.body(shoulders + 0.15, base + 4),
    view.body(-shoulders - 0.15, base + 4),
    view.body(-shoulders, base + 0.95),
    view.body(-shoulders * 0.75, base + 0.35),
  ]);
  const cloth = canvas.fill(clothes, person.clothes);
  for (const side of [-1, 1]) {
    canvas.tint(
      canvas
        .mask(ellipse(view.body(side * shoulders, base + 1.6), 0.5 * unit, 1.1 * unit))
        .blurred(0.18 * unit)
        .within(cloth),
      0.65,
      0.7,
    );
    if (person.clothesCollar === 'shirt') {
      const flap = [
        view.body(side * (neck + 0.1), base - 0.1),
        view.body(side * 0.08, base + dip + 0.1),
        view.body(side * 0.55, base + dip + 0.28),
        view.body(side * (neck + 0.4), base + 0.25),
      ];
      canvas.fill(flap, scaleColor(person.clothes, 1.15));
      canvas.tint(canvas.mask(ribbon([flap[1]!, flap[2]!, flap[3]!], () => 0.03 * unit)), 0.6, 0.8);
    }
  }
}

export function drawEars(canvas: Canvas, view: View, person: Identity): void {
  const unit = view.scalePx;
  for (const side of [-1, 1]) {
    const x = side * (1.0 - 0.1 * side * Math.sin(view.pose.yaw));
    const center = view.flat(x, 0.06 - 0.3 * view.pose.pitch);
    const ear = canvas.fill(
      ellipse(center, 0.13 * person.earSize * unit, 0.26 * person.earSize * unit, view.pose.roll + side * 0.15),
      scaleColor(person.skin, 0.88),
    );
    const hollow = canvas.mask(
      ellipse(center, 0.06 * unit, 0.15 * person.earSize * unit, view.pose.roll + side * 0.15),
    );
    canvas.tint(hollow.blurred(0.03 * unit).within(ear), [0.66, 0.5, 0.48], 0.8);
  }
}

/** Skin colour, relief by the light, folds and furrows. Returns the head's mask. */
export function drawSkin(
  canvas: Canvas,
  view: View,
  person: Identity,
  state: FaceState,
  mouth: MouthShape,
  light: Light,
): Mask {
  const unit = view.scalePx;
  const head = canvas.mask(headOutline(view, person, mouth.chinDrop));
  const pale = clamp(-state.flush);
  const skin = mixColor(person.skin, [0.82, 0.82, 0.76], 0.14 * pale);
  canvas.paint(head, skin);
  const red = 0.2 + 0.55 * clamp(state.flush) - 0.15 * pale;
  for (const side of [-1, 1]) {
    const cheek = canvas
      .mask(view.spot(side * 0.55, 0.3, 0.26, 0.2))
      .blurred(0.1 * unit)
      .within(head);
    canvas.tint(cheek, [1.02, 0.82, 0.8], red + 0.35 * person.makeup);
  }
  canvas.tint(
    canvas.mask(view.spot(0, 0.36, 0.14, 0.12)).blurred(0.05 * unit),
    [1, 0.86, 0.84],
    0.35 + 0.4 * clamp(state.flush) + 0.35 * state.tears,
  );
  drawFreckles(canvas, view, person);

  const relief = new HeightField(head, view);
  raiseFeatures(relief, person, state, mouth);
  carveFolds(canvas, view, relief, person, state, head, mouth);
  relief.shade(canvas, light, 0.1 + 0.08 * (1 - person.skin[0]));
  drawNose(canvas, view, person, state);
  return head;
}

function drawFreckles(canvas: Canvas, view: View, person: Identity): void {
  if (person.freckles === 0) return;
  for (let index = 0; index < 44; index += 1) {
    const x = (person.texture[index]! - 0.5) * 1.3;
    const y = 0.05 + person.texture[index + 50]! * 0.35;
    canvas.fill(view.spot(x, y, 0.016, 0.016), scaleColor(person.skin, 0.7), 0.5 * person.freckles);
  }
}

/** The lasting shapes of a face and the ones muscles make. */
function raiseFeatures(relief: HeightField, person: Identity, state: FaceState, mouth: MouthShape): void {
  const nose = person.noseProjection;
  const tipY = 0.36 * person.noseLength;
  const width = person.noseWidth;
  relief.bump(0, 0.02, 0.07 * width, 0.2, 0.11 * nose);
  relief.bump(0, tipY, 0.1 * width, 0.09, 0.13 * nose);
  relief.bump(0, tipY + 0.26, 0.3, 0.16, 0.05); // the mound of the mouth
  relief.bump(0, 1.04 + mouth.chinDrop, 0.2, 0.1, 0.06 + 0.03 * person.masculinity);
  relief.bump(0, 0.9 + mouth.chinDrop * 0.7, 0.2, 0.04, -0.035);
  for (const side of [-1, 1] as const) {
    const units = side < 0 ? state.left : state.right;
    relief.bump(side * person.eyeSpacing, -0.12, 0.19, 0.11, -0.085);
    relief.bump(side * 0.4, -0.4, 0.28, 0.07, 0.02 + 0.035 * person.masculinity + 0.03 * units.browLower);
    relief.bump(side * 0.15 * width, tipY + 0.05 - 0.03 * units.noseWrinkle, 0.055 * width, 0.05, 0.06 * nose);
    const lifted = clamp(units.cheekRaise + 0.5 * units.lipCornerPull + 0.3 * units.noseWrinkle, 0, 1.4);
    relief.bump(side * 0.58, 0.3 - 0.06 * lifted, 0.19, 0.14, 0.03 + 0.035 * person.cheekFullness + 0.06 * lifted);
    relief.bump(
      side * 0.66,
      0.72,
      0.14,
      0.2,
      0.05 * (person.cheekFullness - 0.5) - 0.04 * person.wrinkles - 0.03 * units.jawDrop,
    );
    relief.bump(side * 0.09, 1.0, 0.06, 0.06, 0.035 * units.chinRaise);
  }
}

function carveFolds(
  canvas: Canvas,
  view: View,
  relief: HeightField,
  person: Identity,
  state: FaceState,
  head: Mask,
  mouth: MouthShape,
): void {
  const unit = view.scalePx;
  const carve = (points: readonly Point[], widthUnits: number, strength: number): void => {
    if (strength < 0.03) return;
    const line = canvas.mask(ribbon(view.surfaceCurve(points, 4), tapered(widthUnits * unit))).within(head);
    const soft = line.blurred(0.012 * unit);
    relief.carve(soft, -0.055 * strength);
    canvas.tint(soft, [0.6, 0.48, 0.46], 0.6 * strength);
  };
  for (const side of [-1, 1] as const) {
    const units = side < 0 ? state.left : state.right;
    const corner = side < 0 ? mouth.upperInner[0]! : mouth.upperInner.at(-1)!;
    const fold = clamp(
      0.14 +
        0.75 * units.lipCornerPull +
        0.35 * units.cheekRaise +
        0.6 * units.upperLipRaise +
        0.55 * units.noseWrinkle +
        0.5 * person.wrinkles +
        0.2 * units.lipStretch,
    );
    const bulge = 0.08 + 0.07 * units.lipCornerPull;
    carve(
      [
        [side * 0.17, 0.32 - 0.05 * units.noseWrinkle],
        [side * (0.3 + 0.06 * units.lipCornerPull), 0.5],
        [corner[0] + side * bulge, corner[1] + 0.02],
      ],
      0.05,
      fold * 0.85,
    );
    carve(
      [
        [corner[0] + side * 0.03, corner[1] + 0.03],
        [corner[0] + side * 0.09, corner[1] + 0.14],
      ],
      0.04,
      clamp(0.8 * units.lipCornerDepress + 0.5 * person.wrinkles),
    );
    carve(
      [
        [corner[0] + side * 0.07, corner[1] - 0.06],
        [corner[0] + side * 0.1, corner[1]],
        [corner[0] + side * 0.07, corner[1] + 0.07],
      ],
      0.045,
      units.dimple + 0.3 * units.lipCornerPull,
    );
    // Between the brows, upright; brows drawn together.
    carve(
      [
        [side * 0.07, -0.52],
        [side * 0.06, -0.42],
        [side * 0.08, -0.32],
      ],
      0.035,
      0.95 * units.browLower + 0.25 * person.wrinkles,
    );
    carve(
      [
        [side * 0.03, -0.16],
        [side * 0.1, -0.1],
        [side * 0.15, 0],
      ],
      0.035,
      units.noseWrinkle,
    );
    carve(
      [
        [side * 0.05, -0.24],
        [side * 0.12, -0.2],
      ],
      0.03,
      units.noseWrinkle,
    );
  }
  const inner = (state.left.innerBrowRaise + state.right.innerBrowRaise) / 2;
  const outer = (state.left.outerBrowRaise + state.right.outerBrowRaise) / 2;
  const reach = 0.22 + 0.33 * outer;
  for (const [index, y] of [-0.66, -0.78, -0.9].entries()) {
    const strength = clamp((0.65 * inner + 0.35 * outer) * (0.5 + 0.4 * person.wrinkles) + 0.5 * person.wrinkles);
    const dip = 0.05 * outer - 0.04 * inner;
    carve(
      [
        [-reach, y + dip],
        [-reach / 2, y - 0.015],
        [0, y + 0.01 * index - 0.05 * (inner - outer)],
        [reach / 2, y - 0.015],
        [reach, y + dip],
      ],
      0.032,
      strength * (1 - 0.2 * index),
    );
  }
  const chin = (state.left.chinRaise + state.right.chinRaise) / 2;
  for (const [x, y] of [
    [-0.08, 1.0],
    [0.05, 0.98],
    [0.0, 1.07],
    [0.11, 1.06],
    [-0.12, 1.08],
  ] as const) {
    carve(
      [
        [x - 0.025, y],
        [x + 0.025, y + 0.015],
      ],
      0.03,
      0.8 * chin,
    );
  }
}

function drawNose(canvas: Canvas, view: View, person: Identity, state: FaceState): void {
  const unit = view.scalePx;
  const width = person.noseWidth;
  const wrinkle = (state.left.noseWrinkle + state.right.noseWrinkle) / 2;
  const baseY = 0.45 * person.noseLength - 0.05 * wrinkle;
  const dark = mixColor(scaleColor(person.skin, 0.34), [0.16, 0.06, 0.05], 0.3);
  const under = canvas.mask(view.spot(0, baseY + 0.06, 0.15 * width, 0.035)).blurred(0.025 * unit);
  canvas.tint(under, [0.68, 0.55, 0.52], 0.7);
  for (const side of [-1, 1]) {
    const nostril = canvas.mask(
      view.spot(side * 0.082 * width, baseY, 0.046 * width * (1 + 0.2 * wrinkle), 0.024, -side * 0.35, 0.12),
    );
    canvas.paint(nostril.blurred(0.006 * unit), dark, 0.85);
    const wing: Point[] = [
      [side * 0.15 * width, baseY - 0.12],
      [side * 0.19 * width, baseY - 0.04],
      [side * 0.16 * width, baseY + 0.02],
    ];
    canvas.paint(canvas.mask(ribbon(view.surfaceCurve(wing, 4), tapered(0.024 * unit))), dark, 0.42 + 0.2 * wrinkle);
  }
  const lit = canvas.mask(view.spot(0.01, 0.33 * person.noseLength, 0.04, 0.05, 0, 0.15)).blurred(0.025 * unit);
  canvas.paint(lit, [1, 0.95, 0.9], 0.16);
}

/** Tears standing under the eyes and running down. */
export function drawTears(canvas: Canvas, view: View, person: Identity, amount: number): void {
  for (const side of [-1, 1]) {
    const x = side * (person.eyeSpacing + 0.04);
    const track = view.surfaceCurve(
      [
        [x, 0],
        [x + side * 0.03, 0.2],
        [x + side * 0.02, 0.2 + 0.3 * amount],
      ],
      4,
    );
    canvas.fill(ribbon(track, tapered(0.035 * view.scalePx)), [0.92, 0.96, 1], 0.4 * amount);
    canvas.fill(view.spot(x + side * 0.02, 0.22 + 0.3 * amount, 0.028, 0.042), [0.95, 0.98, 1], 0.6 * amount);
  }
}
