import { type Canvas, mixColor, scaleColor } from '../raster/canvas';
import { ellipse, type Point, ribbon, smoothClosed, tapered } from '../raster/geometry';
import type { Mask } from '../raster/mask';
import type { MouthShape } from './draw-mouth';
import type { Identity } from './identity';
import type { View } from './view';

/** Beard or stubble; the mouth is drawn on top of it. */
export function drawBeard(canvas: Canvas, view: View, person: Identity, mouth: MouthShape, head: Mask): void {
  if (person.beard === 'none') return;
  const unit = view.scalePx;
  const drop = mouth.chinDrop;
  const chin = person.chinLength + drop;
  const color = mixColor(person.hair, scaleColor(person.skin, 0.4), 0.2);
  const jawline: Point[] = [
    [-0.98, -0.1],
    [-0.9, 0.3],
    [-0.72, 0.45],
    [-0.42, 0.52],
    [0, 0.56],
    [0.42, 0.52],
    [0.72, 0.45],
    [0.9, 0.3],
    [0.98, -0.1],
    [0.96, 0.6],
    [0.6, 1.05 + drop * 0.5],
    [0.3, chin + 0.06],
    [0, chin + 0.1],
    [-0.3, chin + 0.06],
    [-0.6, 1.05 + drop * 0.5],
    [-0.96, 0.6],
  ];
  if (person.beard === 'stubble') {
    canvas.paint(
      canvas
        .mask(view.surfaceShape(jawline))
        .blurred(0.05 * unit)
        .within(head),
      color,
      0.3,
    );
    return;
  }
  if (person.beard === 'full') {
    const mass = canvas.mask(view.flatShape(jawline)).blurred(0.025 * unit);
    canvas.paint(mass, color, 0.9);
    for (let index = 0; index < 60; index += 1) {
      const x = (person.texture[index]! - 0.5) * 1.6;
      const y = 0.55 + person.texture[index + 60]! * (chin - 0.55);
      const lock = ribbon([view.flat(x, y), view.flat(x * 1.05, y + 0.14)], tapered(0.035 * unit));
      canvas.paint(
        canvas.mask(lock).within(mass),
        scaleColor(color, person.texture[index + 90]! > 0.5 ? 1.35 : 0.6),
        0.5,
      );
    }
  }
  if (person.beard === 'goatee') {
    canvas.paint(
      canvas
        .mask(
          view.spot(0, (mouth.lowerOuter[5]![1] + chin) / 2 + 0.02, 0.23, (chin - mouth.lowerOuter[5]![1]) / 2 + 0.03),
        )
        .blurred(0.03 * unit),
      color,
      0.88,
    );
  }
  const lip = mouth.upperOuter;
  const half = lip.at(-1)![0];
  const whisker: Point[] = [
    [-half * 1.02, lip[0]![1] + 0.06],
    [-half * 0.7, lip[2]![1] - 0.06],
    [0, lip[5]![1] - 0.055],
    [half * 0.7, lip[8]![1] - 0.06],
    [half * 1.02, lip.at(-1)![1] + 0.06],
  ];
  const line = view.surfaceCurve(whisker, 5);
  canvas.paint(
    canvas.mask(ribbon(line, (along) => unit * (0.05 + 0.09 * Math.sin(Math.PI * along)))).blurred(0.012 * unit),
    color,
    0.92,
  );
}

export function drawGlasses(canvas: Canvas, view: View, person: Identity): void {
  if (person.glasses === 'none') return;
  const unit = view.scalePx;
  const thick = (person.glasses === 'thin' ? 0.022 : 0.05) * unit;
  const rim = person.glassesColor;
  for (const side of [-1, 1]) {
    const x = side * (person.eyeSpacing + 0.01);
    const lens =
      person.glasses === 'square'
        ? smoothClosed(
            [
              [-0.27, -0.15],
              [0, -0.17],
              [0.27, -0.15],
              [0.27, 0.1],
              [0.2, 0.17],
              [0, 0.18],
              [-0.2, 0.17],
              [-0.27, 0.1],
            ].map(([dx, dy]) => view.surface(x + dx!, -0.08 + dy!, 0.1)),
            4,
          )
        : ellipse(view.surface(x, -0.08, 0.1), 0.285 * unit, 0.24 * unit);
    const closed = [...lens, lens[0]!];
    canvas.paint(canvas.mask(lens), [0.85, 0.92, 1], 0.06);
    canvas.fill(
      ribbon([view.surface(x - 0.16, 0.04, 0.1), view.surface(x - 0.02, -0.2, 0.1)], tapered(0.06 * unit)),
      [1, 1, 1],
      0.18,
    );
    // Piecewise, because a closed ribbon would fill its own hole.
    for (let index = 0; index < lens.length; index += 1)
      canvas.fill(
        ribbon([closed[index]!, closed[index + 1]!], () => thick),
        rim,
      );
    canvas.fill(
      ribbon([view.surface(side * (person.eyeSpacing + 0.28), -0.12, 0.1), view.flat(side * 0.99, -0.1)], () => thick),
      rim,
    );
  }
  canvas.fill(
    ribbon(
      view.surfaceCurve(
        [
          [-0.16, -0.1],
          [0, -0.15],
          [0.16, -0.1],
        ],
        4,
      ),
      () => thick,
    ),
    rim,
  );
}

/** A cloth mask over nose and mouth. */
export function drawFaceMask(canvas: Canvas, view: View, mouth: MouthShape): void {
  const low = 1.12 + mouth.chinDrop;
  const cloth = canvas.fill(
    view.surfaceShape([
      [-0.88, 0.2],
      [-0.4, 0.16],
      [0, 0.04],
      [0.4, 0.16],
      [0.88, 0.2],
      [0.8, 0.75],
      [0.45, low],
      [0, low + 0.08],
      [-0.45, low],
      [-0.8, 0.75],
    ]),
    [0.62, 0.78, 0.86],
  );
  for (const y of [0.42, 0.6, 0.78]) {
    canvas.tint(
      canvas
        .mask(
          ribbon(
            view.surfaceCurve([
              [-0.8, y - 0.03],
              [0, y + 0.02],
              [0.8, y - 0.03],
            ]),
            () => 0.03 * view.scalePx,
          ),
        )
        .within(cloth),
      0.8,
      0.7,
    );
  }
}

/** Something held between the camera and the face: a sheet of paper. */
export function drawCard(canvas: Canvas, view: View, person: Identity): void {
  const tilt = 0.25 * (person.texture[3]! - 0.5);
  const corner = (x: number, y: number): Point =>
    view.body(x * Math.cos(tilt) - y * Math.sin(tilt), x * Math.sin(tilt) + y * Math.cos(tilt));
  canvas.fill(
    [corner(-1.15, -1.05), corner(1.15, -1.05), corner(1.15, 1.45), corner(-1.15, 1.45)],
    mixColor([0.9, 0.88, 0.83], person.glassesColor, 0.25 * person.texture[4]!),
  );
  for (let row = 0; row < 7; row += 1) {
    canvas.fill(
      ribbon(
        [corner(-0.9, -0.7 + row * 0.28), corner(0.3 + 0.6 * person.texture[row + 5]!, -0.7 + row * 0.28)],
        () => 0.06 * view.scalePx,
      ),
      [0.45, 0.45, 0.48],
      0.7,
    );
  }
}
