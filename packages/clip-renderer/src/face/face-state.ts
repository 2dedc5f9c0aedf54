import { clamp } from '../numbers';
import { type ActionUnits, actionUnitNames, actionUnits } from './action-units';

/** The mouth as speech moves it, on top of the expression; each in [0, 1]. */
export interface Articulation {
  readonly open: number;
  readonly round: number;
  readonly spread: number;
  /** 1 while the lips are shut for p, b, m. */
  readonly closed: number;
}

/** A face at one moment: all a frame is drawn from, next to who the person is. */
export interface FaceState {
  /** Movements of the half on the left and on the right of the picture. */
  readonly left: ActionUnits;
  readonly right: ActionUnits;
  readonly gaze: readonly [number, number];
  /** Radians; yaw turns to the right of the picture, pitch downwards, roll clockwise. */
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  readonly articulation: Articulation;
  readonly tears: number;
  /** Redness of the skin by effort, [-1, 1]; below 0 pale. */
  readonly flush: number;
}

export const silentMouth: Articulation = { open: 0, round: 0, spread: 0, closed: 0 };

const upperFaceUnits = new Set([
  'innerBrowRaise',
  'outerBrowRaise',
  'browLower',
  'upperLidRaise',
  'lidTighten',
  'cheekRaise',
]);

/** Splits one set of movements into the two halves of a slightly uneven face. Blinks stay even. */
export function splitAsymmetric(
  units: ActionUnits,
  upper: number,
  lower: number,
): { left: ActionUnits; right: ActionUnits } {
  const left = actionUnits();
  const right = actionUnits();
  for (const name of actionUnitNames) {
    const share = name === 'eyesClosed' || name === 'jawDrop' ? 0 : upperFaceUnits.has(name) ? upper : lower;
    left[name] = clamp(units[name] * (1 + share));
    right[name] = clamp(units[name] * (1 - share));
  }
  return { left, right };
}
