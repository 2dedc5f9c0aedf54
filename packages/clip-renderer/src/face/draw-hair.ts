import { type Canvas, type Color, mixColor, scaleColor } from '../raster/canvas';
import { ellipse, type Point, ribbon, smoothOpen, tapered } from '../raster/geometry';
import type { Mask } from '../raster/mask';
import type { HairStyle, Identity } from './identity';
import type { View } from './view';

/** Outer silhouette, inner hairline and shape behind the head of each style, in face units for a right-hand parting. */
interface HairCut {
  /** Height above the skull and width beside it. */
  readonly top: number;
  readonly side: number;
  /** How far down the sides the front hair reaches (y). */
  readonly sideburn: number;
  /** Hairline from the left temple to the right one: x, y. */
  readonly line: readonly Point[];
  /** Hair that falls behind the face: half width at the shoulders and lowest y, or none. */
  readonly back?: { readonly halfWidth: number; readonly bottom: number };
  readonly strands: number;
  readonly opacity: number;
}

const roundLine: readonly Point[] = [
  [-0.93, -0.3],
  [-0.82, -0.62],
  [-0.55, -0.86],
  [0, -0.93],
  [0.55, -0.86],
  [0.82, -0.62],
  [0.93, -0.3],
];
const highLine: readonly Point[] = [
  [-0.95, -0.35],
  [-0.86, -0.72],
  [-0.6, -1.02],
  [0, -0.98],
  [0.6, -1.02],
  [0.86, -0.72],
  [0.95, -0.35],
];
const receded: readonly Point[] = [
  [-0.98, -0.3],
  [-0.92, -0.72],
  [-0.62, -1.16],
  [0, -1.02],
  [0.62, -1.16],
  [0.92, -0.72],
  [0.98, -0.3],
];
const fringeLine: readonly Point[] = [
  [-0.94, -0.25],
  [-0.84, -0.45],
  [-0.5, -0.52],
  [0, -0.5],
  [0.5, -0.52],
  [0.84, -0.45],
  [0.94, -0.25],
];
const partLine: readonly Point[] = [
  [-0.93, -0.25],
  [-0.85, -0.52],
  [-0.45, -0.8],
  [0.1, -0.98],
  [0.45, -1.08],
  [0.82, -0.72],
  [0.94, -0.3],
];

const cuts: Readonly<Partial<Record<HairStyle, HairCut>>> = {
  buzz: { top: 0.03, side: 0.02, sideburn: -0.15, line: roundLine, strands: 0, opacity: 0.72 },
  short: { top: 0.15, side: 0.06, sideburn: -0.05, line: roundLine, strands: 26, opacity: 1 },
  sidePart: { top: 0.2, side: 0.07, sideburn: -0.05, line: partLine, strands: 30, opacity: 1 },
  quiff: { top: 0.32, side: 0.04, sideburn: -0.1, line: highLine, strands: 30, opacity: 1 },
  receding: { top: 0.05, side: 0.06, sideburn: -0.05, line: receded, strands: 14, opacity: 0.95 },
  afro: {
    top: 0.42,
    side: 0.42,
    sideburn: 0.1,
    line: roundLine,
    back: { halfWidth: 1.32, bottom: 0.3 },
    strands: 0,
    opacity: 1,
  },
  curly: {
    top: 0.24,
    side: 0.22,
    sideburn: 0.2,
    line: roundLine,
    back: { halfWidth: 1.15, bottom: 0.5 },
    strands: 0,
    opacity: 1,
  },
  bob: {
    top: 0.17,
    side: 0.18,
    sideburn: 0.75,
    line: partLine,
    back: { halfWidth: 1.22, bottom: 1.05 },
    strands: 34,
    opacity: 1,
  },
  long: {
    top: 0.15,
    side: 0.15,
    sideburn: 0.9,
    line: partLine,
    back: { halfWidth: 1.25, bottom: 2.3 },
    strands: 36,
    opacity: 1,
  },
  bun: { top: 0.08, side: 0.05, sideburn: -0.1, line: highLine, strands: 30, opacity: 1 },
  fringe: {
    top: 0.17,
    side: 0.15,
    sideburn: 0.6,
    line: fringeLine,
    back: { halfWidth: 1.18, bottom: 1.4 },
    strands: 36,
    opacity: 1,
  },
};

const crown = -1.32;

/** What lies behind head and neck: long hair, a bun, a scarf. */
export function drawHairBehind(canvas: Canvas, view: View, person: Identity): void {
  const shade = scaleColor(person.hair, 0.62);
  if (person.hairStyle === 'scarf') {
    canvas.fill(
      view.flatShape([
        [-1.1, -0.9],
        [0, -1.6],
        [1.1, -0.9],
        [1.22, 0.4],
        [1.05, 1.7],
        [0, 2.1],
        [-1.05, 1.7],
        [-1.22, 0.4],
      ]),
      scaleColor(person.clothes, 0.75),
    );
    return;
  }
  const cut = cuts[person.hairStyle];
  if (person.hairStyle === 'bun') {
    canvas.fill(ellipse(view.flat(0.1 * person.hairPartSide, -1.56), 0.4 * view.scalePx, 0.33 * view.scalePx), shade);
  }
  if (!cut?.back) return;
  const { halfWidth, bottom } = cut.back;
  const wide = halfWidth * (0.92 + 0.08 * person.hairVolume);
  const shape: Point[] = [
    [-0.9, -1.2],
    [0, -1.5 - cut.top * 0.5],
    [0.9, -1.2],
    [wide, -0.3],
    [wide, bottom * 0.6],
    [wide * 0.88, bottom],
    [0, bottom * 1.02],
    [-wide * 0.88, bottom],
    [-wide, bottom * 0.6],
    [-wide, -0.3],
  ];
  canvas.fill(view.flatShape(shape), shade);
  if (isCurly(person.hairStyle)) drawCurls(canvas, view, person, cut, shade, 0);
}

/** Hair over the forehead and beside the face, or what is worn instead. */
export function drawHairInFront(canvas: Canvas, view: View, person: Identity, head: Mask): void {
  if (person.hairStyle === 'bald') return;
  if (person.hairStyle === 'scarf' || person.hairStyle === 'beanie') {
    drawHeadwear(canvas, view, person);
    return;
  }
  const cut = cuts[person.hairStyle]!;
  const flip = person.hairPartSide;
  const volume = person.hairVolume;
  const slide = 0.35 * view.pose.yaw;
  const drop = 0.55 * view.pose.pitch + 0.5 * (1.28 - person.foreheadHeight);
  const line = cut.line.map(([x, y]): Point => [x * flip + slide, y + drop * Math.max(0, -y)]);
  if (flip < 0) line.reverse();
  const top = crown - cut.top * volume;
  const side = 1.0 + cut.side * volume;
  const low = cut.sideburn;
  const lowInner = Math.min(low, 0.95);
  const outer: Point[] = [
    [0.97 + slide * 0.2, lowInner],
    [side + 0.02, Math.min(low, 0.5) - 0.1],
    [side, -0.5],
    [0.82 + cut.side * 0.8, -1.02],
    [0.45, top * 0.985],
    [0, top],
    [-0.45, top * 0.985],
    [-0.82 - cut.side * 0.8, -1.02],
    [-side, -0.5],
    [-side - 0.02, Math.min(low, 0.5) - 0.1],
    [-0.97 + slide * 0.2, lowInner],
  ];
  const cap = canvas.mask([
    ...smoothOpen(
      outer.map(([x, y]) => view.flat(x, y)),
      5,
    ),
    ...smoothOpen(
      line.map(([x, y]) => view.flat(x, y)),
      5,
    ),
  ]);
  const shadow = cap
    .blurred(0.06 * view.scalePx)
    .within(head)
    .without(cap);
  canvas.tint(shadow, [0.62, 0.55, 0.53], 0.65);
  const soft = cut.opacity < 1 ? cap.blurred(0.035 * view.scalePx) : cap;
  const [, crownY] = view.flat(0, top);
  canvas.paintWith(
    soft,
    (_, y, color) => {
      const depth = (y - crownY) / (1.2 * view.scalePx);
      const level = 0.85 + 0.4 * Math.exp(-(((depth - 0.25) / 0.22) ** 2)) - 0.1 * depth;
      for (let channel = 0; channel < 3; channel += 1) color[channel] = person.hair[channel]! * level + 0.02;
    },
    cut.opacity,
  );
  if (isCurly(person.hairStyle)) drawCurls(canvas, view, person, cut, person.hair, 60);
  drawStrands(canvas, view, person, cut, line, top, cap);
}

function isCurly(style: HairStyle): boolean {
  return style === 'afro' || style === 'curly';
}

/** Strands run from the crown to the hairline; lighter and darker ones in turn. */
function drawStrands(
  canvas: Canvas,
  view: View,
  person: Identity,
  cut: HairCut,
  line: readonly Point[],
  top: number,
  cap: Mask,
): void {
  for (let index = 0; index < cut.strands; index += 1) {
    const along = (index + person.texture[index]! * 0.8) / cut.strands;
    const target = line[Math.min(line.length - 1, Math.floor(along * line.length))]!;
    const startX = (along - 0.5) * 0.9 + 0.15 * person.hairPartSide;
    const endX = -0.98 + 1.96 * along;
    const bend: Point = [((startX + endX) / 2) * 1.12, (top + target[1]) / 2 - 0.06];
    const endY = Math.abs(endX) > 0.85 ? Math.max(target[1], Math.min(cut.sideburn, 0.7)) : target[1] + 0.02;
    const points: Point[] = [[startX, top + 0.06], bend, [endX, endY]];
    const stroke = smoothOpen(
      points.map(([x, y]) => view.flat(x, y)),
      5,
    );
    const light = person.texture[index + 40]! - 0.5;
    const color: Color =
      light > 0 ? mixColor(person.hair, [1, 0.93, 0.82], 0.35 * light) : scaleColor(person.hair, 1 + 0.9 * light);
    canvas.paint(canvas.mask(ribbon(stroke, tapered(0.06 * view.scalePx))).within(cap), color, 0.6);
  }
}

/** Rows of overlapping locks around the head's outline. */
function drawCurls(canvas: Canvas, view: View, person: Identity, cut: HairCut, color: Color, offset: number): void {
  const radius = person.hairStyle === 'afro' ? 0.13 : 0.17;
  const count = 42;
  for (let index = 0; index < count; index += 1) {
    const angle =
      Math.PI * (1.02 + 0.96 * (index / (count - 1))) + 0.12 * (person.texture[(index + offset) % 160]! - 0.5);
    const ring = index % 3;
    const reachX = 1.0 + cut.side * person.hairVolume * (ring / 2);
    const reachY = 1.16 + cut.top * person.hairVolume * (ring / 2);
    const y = Math.sin(angle) * reachY + (Math.abs(Math.cos(angle)) > 0.85 ? cut.sideburn * person.texture[index]! : 0);
    const light = 0.75 + 0.5 * person.texture[(index * 7 + offset) % 160]!;
    canvas.fill(
      ellipse(view.flat(Math.cos(angle) * reachX, y - 0.04), radius * view.scalePx, radius * 0.9 * view.scalePx, 0, 12),
      scaleColor(color, light),
      0.75,
    );
  }
}

function drawHeadwear(canvas: Canvas, view: View, person: Identity): void {
  const slide = 0.3 * view.pose.yaw;
  const color = mixColor(person.clothes, person.glassesColor, person.hairStyle === 'beanie' ? 0.6 : 0.1);
  if (person.hairStyle === 'beanie') {
    const cap = canvas.fill(
      view.flatShape([
        [-1.03, -0.45],
        [-1.0, -1.0],
        [-0.6, -1.45],
        [0, -1.58],
        [0.6, -1.45],
        [1.0, -1.0],
        [1.03, -0.45],
        [0.6, -0.66],
        [0, -0.72],
        [-0.6, -0.66],
      ]),
      color,
    );
    for (let index = 0; index < 12; index += 1) {
      const x = -1 + index * 0.18;
      canvas.tint(
        canvas.mask(ribbon([view.flat(x, -0.4), view.flat(x * 0.75, -1.55)], () => 0.03 * view.scalePx)).within(cap),
        0.75,
        0.7,
      );
    }
    canvas.fill(
      ribbon(
        smoothOpen([
          view.flat(-1.05, -0.48),
          view.flat(-0.5, -0.7),
          view.flat(0, -0.76),
          view.flat(0.5, -0.7),
          view.flat(1.05, -0.48),
        ]),
        () => 0.2 * view.scalePx,
      ),
      scaleColor(color, 0.85),
    );
    return;
  }
  // A scarf frames the face: outer shape minus an oval for the face.
  const outer = canvas.mask(
    view.flatShape([
      [-1.12, -0.8],
      [-0.6, -1.48],
      [0, -1.58],
      [0.6, -1.48],
      [1.12, -0.8],
      [1.14, 0.3],
      [0.9, 1.2],
      [0.5, 1.75],
      [-0.5, 1.75],
      [-0.9, 1.2],
      [-1.14, 0.3],
    ]),
  );
  const face = canvas.mask(
    view.flatShape([
      [slide, -0.98],
      [0.55 + slide, -0.82],
      [0.86 + slide, -0.3],
      [0.86 + slide, 0.3],
      [0.66 + slide, 0.85],
      [slide, 1.27],
      [-0.66 + slide, 0.85],
      [-0.86 + slide, 0.3],
      [-0.86 + slide, -0.3],
      [-0.55 + slide, -0.82],
    ]),
  );
  const cloth = outer.without(face);
  canvas.tint(cloth.blurred(0.05 * view.scalePx).within(face), 0.65, 0.7);
  canvas.paint(cloth, color);
  for (let index = 0; index < 7; index += 1) {
    const side = index % 2 === 0 ? 1 : -1;
    const reach = 0.9 + 0.05 * index;
    const fold = smoothOpen([
      view.flat(side * 0.2, -1.5),
      view.flat(side * reach, -0.6),
      view.flat(side * (reach + 0.06), 0.4),
      view.flat(side * 0.5, 1.4),
    ]);
    canvas.tint(
      canvas.mask(ribbon(fold, tapered(0.07 * view.scalePx))).within(cloth),
      index % 3 === 0 ? 1.18 : 0.78,
      0.5,
    );
  }
}
