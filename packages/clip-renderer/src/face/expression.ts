import type { Emotion } from '../emotion';
import { clamp } from '../numbers';
import type { Random } from '../random';
import { type ActionUnits, actionUnitNames, actionUnits } from './action-units';

/** What a face does at the height of an expression. */
export interface Expression {
  readonly units: ActionUnits;
  /** Strength added on the left and taken on the right of the picture, as a share; [-0.4, 0.4]. */
  readonly upperAsymmetry: number;
  readonly lowerAsymmetry: number;
  /** Where the eyes look, [-1, 1] each; x to the right of the picture, y downwards. */
  readonly gaze: readonly [number, number];
  /** How the head turns with the expression, radians. */
  readonly head: { readonly yaw: number; readonly pitch: number; readonly roll: number };
  /** How much the head moves while the person speaks, about 0.3 (still) … 1.6 (lively). */
  readonly liveliness: number;
  /** 0 none … 1 tears standing on the cheeks. */
  readonly tears: number;
}

/**
 * Prototypes after the EMFACS tables (Ekman, Friesen and Hager, 2002) with the usual variants: an open and a closed mouth,
 * and blends people show in films. Strengths are those of a full-blown expression.
 */
const prototypes: Readonly<Record<Emotion, readonly Partial<ActionUnits>[]>> = {
  anger: [
    { browLower: 1, upperLidRaise: 0.45, lidTighten: 0.75, lipTighten: 0.85, lipPress: 0.7, chinRaise: 0.3 },
    {
      browLower: 1,
      lidTighten: 0.7,
      upperLidRaise: 0.5,
      upperLipRaise: 0.55,
      lipsPart: 0.9,
      jawDrop: 0.4,
      lipStretch: 0.25,
      noseWrinkle: 0.35,
    },
    { browLower: 1, lidTighten: 0.9, lipTighten: 0.9, lipCornerDepress: 0.4, chinRaise: 0.5, noseWrinkle: 0.25 },
    {
      browLower: 0.95,
      upperLidRaise: 0.7,
      lidTighten: 0.5,
      lipsPart: 1,
      jawDrop: 0.75,
      upperLipRaise: 0.35,
      noseWrinkle: 0.3,
    },
  ],
  disgust: [
    {
      noseWrinkle: 1,
      upperLipRaise: 0.85,
      browLower: 0.45,
      lidTighten: 0.5,
      cheekRaise: 0.4,
      lipCornerDepress: 0.35,
      chinRaise: 0.4,
    },
    {
      noseWrinkle: 0.8,
      upperLipRaise: 1,
      lidTighten: 0.5,
      cheekRaise: 0.4,
      lipsPart: 0.6,
      jawDrop: 0.2,
      lipCornerDepress: 0.5,
    },
    {
      noseWrinkle: 0.95,
      upperLipRaise: 0.6,
      browLower: 0.5,
      lidTighten: 0.7,
      lipCornerDepress: 0.75,
      chinRaise: 0.75,
      eyesClosed: 0.15,
    },
  ],
  fear: [
    {
      innerBrowRaise: 1,
      outerBrowRaise: 0.55,
      browLower: 0.5,
      upperLidRaise: 1,
      lipStretch: 0.9,
      lipsPart: 0.7,
      jawDrop: 0.3,
    },
    {
      innerBrowRaise: 1,
      outerBrowRaise: 0.4,
      browLower: 0.6,
      upperLidRaise: 0.9,
      lidTighten: 0.25,
      lipStretch: 0.7,
      lipsPart: 0.9,
      jawDrop: 0.6,
    },
    {
      innerBrowRaise: 0.9,
      outerBrowRaise: 0.3,
      browLower: 0.7,
      upperLidRaise: 0.95,
      lidTighten: 0.3,
      lipStretch: 0.95,
      lipsPart: 0.35,
    },
  ],
  happy: [
    { cheekRaise: 0.8, lipCornerPull: 1, lipsPart: 0.8, jawDrop: 0.15 },
    { cheekRaise: 1, lipCornerPull: 1, lipsPart: 1, jawDrop: 0.6, lidTighten: 0.3 },
    { cheekRaise: 0.6, lipCornerPull: 0.9, dimple: 0.4 },
    { cheekRaise: 0.7, lipCornerPull: 0.9, lipsPart: 0.9, jawDrop: 0.35, innerBrowRaise: 0.25, outerBrowRaise: 0.3 },
  ],
  neutral: [{}, { lipPress: 0.12 }, { browLower: 0.1 }, { lipsPart: 0.12 }],
  sad: [
    { innerBrowRaise: 1, browLower: 0.4, lipCornerDepress: 0.95, chinRaise: 0.5, lidDroop: 0.4 },
    {
      innerBrowRaise: 0.95,
      browLower: 0.5,
      lipCornerDepress: 0.8,
      cheekRaise: 0.35,
      lipStretch: 0.25,
      lipsPart: 0.35,
      lidDroop: 0.3,
    },
    { innerBrowRaise: 0.85, browLower: 0.3, lipCornerDepress: 1, chinRaise: 0.85, lidDroop: 0.55, lipPress: 0.2 },
    { innerBrowRaise: 0.9, browLower: 0.3, lipCornerDepress: 0.7, lidDroop: 0.7 },
  ],
  surprise: [
    { innerBrowRaise: 1, outerBrowRaise: 1, upperLidRaise: 0.8, lipsPart: 1, jawDrop: 0.9 },
    { innerBrowRaise: 0.9, outerBrowRaise: 1, upperLidRaise: 0.9, lipsPart: 0.9, jawDrop: 0.55 },
    { innerBrowRaise: 1, outerBrowRaise: 0.95, upperLidRaise: 0.7, lipsPart: 0.8, jawDrop: 0.7, lipCornerPull: 0.25 },
  ],
};

/** Draws one person's way of showing `emotion`; `intensity` in [0, 1] scales every movement. */
export function sampleExpression(emotion: Emotion, intensity: number, random: Random): Expression {
  const prototype = actionUnits(random.pick(prototypes[emotion]));
  const units = actionUnits();
  for (const name of actionUnitNames) {
    const personal = prototype[name] * random.uniform(0.78, 1.12) * intensity;
    const stray = random.chance(0.12) ? random.uniform(0, 0.1) : 0;
    units[name] = clamp(personal + (name === 'eyesClosed' ? 0 : stray));
  }
  const contempt = emotion === 'disgust' || emotion === 'anger' ? 2 : 1;
  return {
    units,
    upperAsymmetry: clamp(random.normal(0, 0.07), -0.25, 0.25),
    lowerAsymmetry: clamp(random.normal(0, 0.07 * contempt), -0.4, 0.4),
    ...sampleBearing(emotion, intensity, random),
  };
}

type Bearing = Pick<Expression, 'gaze' | 'head' | 'liveliness' | 'tears'>;

/** Gaze and carriage of the head. Means per emotion; everyone differs around them. */
function sampleBearing(emotion: Emotion, intensity: number, random: Random): Bearing {
  const side = random.chance(0.5) ? 1 : -1;
  const mean = {
    anger: { gazeX: 0, gazeY: 0, yaw: 0, pitch: 0.1, roll: 0, liveliness: 1.4 },
    disgust: { gazeX: 0.25, gazeY: 0.15, yaw: 0.16, pitch: -0.07, roll: 0.06, liveliness: 0.8 },
    fear: { gazeX: 0.1, gazeY: -0.05, yaw: 0.06, pitch: -0.05, roll: 0.03, liveliness: 0.9 },
    happy: { gazeX: 0, gazeY: 0, yaw: 0, pitch: -0.03, roll: 0.06, liveliness: 1.2 },
    neutral: { gazeX: 0, gazeY: 0, yaw: 0, pitch: 0, roll: 0, liveliness: 0.6 },
    sad: { gazeX: 0.1, gazeY: 0.45, yaw: 0.07, pitch: 0.16, roll: 0.07, liveliness: 0.4 },
    surprise: { gazeX: 0, gazeY: -0.08, yaw: 0, pitch: -0.07, roll: 0, liveliness: 1 },
  }[emotion];
  return {
    gaze: [
      clamp(mean.gazeX * side * intensity + random.normal(0, 0.12), -0.8, 0.8),
      clamp(mean.gazeY * intensity + random.normal(0, 0.07), -0.5, 0.7),
    ],
    head: {
      yaw: mean.yaw * side * intensity,
      pitch: mean.pitch * intensity,
      roll: mean.roll * side * intensity,
    },
    liveliness: mean.liveliness * random.uniform(0.6, 1.3),
    tears: emotion === 'sad' && random.chance(0.3 * intensity) ? random.uniform(0.4, 1) : 0,
  };
}
