import { Random } from '../random';
import { Canvas } from '../raster/canvas';
import { drawBeard, drawCard, drawFaceMask, drawGlasses } from './draw-accessories';
import { drawBrows, drawEyes } from './draw-eyes';
import { drawHairBehind, drawHairInFront } from './draw-hair';
import { drawMouth, mouthShape } from './draw-mouth';
import { drawEars, drawNeckAndClothes, drawSkin, drawTears } from './draw-skin';
import type { FaceState } from './face-state';
import type { Identity } from './identity';
import { develop, drawBackground, type Setting } from './setting';
import { View } from './view';

/**
 * What hides the face: `lower` a cloth mask over nose and mouth, `full` a sheet of paper in front of the face,
 * `dark` a camera that is switched off.
 */
export type Occlusion = 'none' | 'lower' | 'full' | 'dark';

export interface FaceFrame {
  readonly person: Identity;
  readonly setting: Setting;
  readonly state: FaceState;
  readonly occlusion: Occlusion;
  /** Seed of this frame's noise. */
  readonly noiseSeed: string;
}

/** Draws one frame. Time grows with the number of pixels: about 2 ms at 112 × 112. */
export function drawFace(frame: FaceFrame, width: number, height: number): Canvas {
  const { person, setting, state, occlusion } = frame;
  const canvas = new Canvas(width, height);
  if (occlusion !== 'dark') {
    const pose = { yaw: setting.yaw + state.yaw, pitch: setting.pitch + state.pitch, roll: setting.roll + state.roll };
    const view = new View(setting.camera, pose, width, height, person.faceWidth);
    drawBackground(canvas, setting);
    drawPerson(canvas, view, person, state, setting, occlusion);
  }
  develop(canvas, setting, new Random(frame.noiseSeed));
  return canvas;
}

/** From back to front. */
function drawPerson(
  canvas: Canvas,
  view: View,
  person: Identity,
  state: FaceState,
  setting: Setting,
  occlusion: Occlusion,
): void {
  const mouth = mouthShape(person, state);
  drawHairBehind(canvas, view, person);
  drawNeckAndClothes(canvas, view, person);
  drawEars(canvas, view, person);
  const head = drawSkin(canvas, view, person, state, mouth, setting.light);
  drawEyes(canvas, view, person, state, head);
  drawBrows(canvas, view, person, state, head);
  drawBeard(canvas, view, person, mouth, head);
  drawMouth(canvas, view, person, state, mouth, head);
  if (state.tears > 0) drawTears(canvas, view, person, state.tears);
  drawHairInFront(canvas, view, person, head);
  drawGlasses(canvas, view, person);
  if (occlusion === 'lower') drawFaceMask(canvas, view, mouth);
  if (occlusion === 'full') drawCard(canvas, view, person);
}
