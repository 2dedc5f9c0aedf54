import { clamp, mix } from '../numbers';
import type { Random } from '../random';
import { type Color, mixColor, scaleColor } from '../raster/canvas';

export const hairStyles = [
  'bald',
  'buzz',
  'short',
  'sidePart',
  'quiff',
  'receding',
  'afro',
  'curly',
  'bob',
  'long',
  'bun',
  'fringe',
  'scarf',
  'beanie',
] as const;
export type HairStyle = (typeof hairStyles)[number];

export const beardStyles = ['none', 'stubble', 'moustache', 'goatee', 'full'] as const;
export type BeardStyle = (typeof beardStyles)[number];

/** Everything about a drawn person that stays the same while they speak. Lengths in face units: half the face's width is 1. */
export interface Identity {
  /** 0 very feminine … 1 very masculine features; decides likelihoods, never a label. */
  readonly masculinity: number;
  readonly ageYears: number;
  readonly skin: Color;
  readonly lip: Color;
  readonly hair: Color;
  readonly brow: Color;
  readonly iris: Color;
  readonly clothes: Color;
  readonly clothesCollar: 'round' | 'vee' | 'shirt';
  readonly faceWidth: number;
  readonly jawWidth: number;
  readonly chinLength: number;
  readonly cheekFullness: number;
  readonly foreheadHeight: number;
  readonly eyeSpacing: number;
  readonly eyeSize: number;
  readonly eyeTilt: number;
  readonly eyeOpenness: number;
  readonly lidFold: number;
  readonly browThickness: number;
  readonly browArch: number;
  readonly browHeight: number;
  readonly noseWidth: number;
  readonly noseLength: number;
  readonly noseProjection: number;
  readonly mouthWidth: number;
  readonly mouthHeight: number;
  readonly lipFullness: number;
  readonly earSize: number;
  readonly hairStyle: HairStyle;
  readonly hairVolume: number;
  readonly hairPartSide: number;
  readonly beard: BeardStyle;
  readonly glasses: 'none' | 'round' | 'square' | 'thin';
  readonly glassesColor: Color;
  readonly makeup: number;
  readonly wrinkles: number;
  readonly freckles: number;
  /** Fixed random numbers for strands, curls and freckles, so that they stay in place from frame to frame. */
  readonly texture: readonly number[];
}

/** Evenly spread from very light to very dark; own mixtures. */
const skinScale: readonly Color[] = [
  [0.97, 0.86, 0.79],
  [0.95, 0.8, 0.7],
  [0.91, 0.74, 0.61],
  [0.85, 0.66, 0.51],
  [0.76, 0.56, 0.41],
  [0.65, 0.46, 0.32],
  [0.53, 0.36, 0.25],
  [0.41, 0.27, 0.19],
  [0.31, 0.2, 0.15],
];

const naturalHair: Readonly<Record<string, { color: Color; lightSkin: number; darkSkin: number }>> = {
  black: { color: [0.09, 0.08, 0.08], lightSkin: 1.5, darkSkin: 8 },
  darkBrown: { color: [0.22, 0.14, 0.1], lightSkin: 3, darkSkin: 3 },
  brown: { color: [0.38, 0.25, 0.16], lightSkin: 3, darkSkin: 0.6 },
  chestnut: { color: [0.46, 0.26, 0.15], lightSkin: 1.5, darkSkin: 0.3 },
  blond: { color: [0.8, 0.64, 0.38], lightSkin: 2.5, darkSkin: 0.1 },
  red: { color: [0.64, 0.29, 0.13], lightSkin: 1, darkSkin: 0.1 },
};

const irisColors: readonly Color[] = [
  [0.23, 0.13, 0.08],
  [0.36, 0.22, 0.12],
  [0.45, 0.34, 0.16],
  [0.35, 0.45, 0.3],
  [0.35, 0.5, 0.64],
  [0.45, 0.52, 0.56],
];

const clothesColors: readonly Color[] = [
  [0.16, 0.2, 0.3],
  [0.5, 0.14, 0.16],
  [0.2, 0.36, 0.27],
  [0.82, 0.81, 0.78],
  [0.12, 0.12, 0.13],
  [0.55, 0.42, 0.62],
  [0.79, 0.55, 0.22],
  [0.35, 0.51, 0.68],
  [0.55, 0.55, 0.56],
];

/** Draws a person. */
export function sampleIdentity(random: Random): Identity {
  const masculinity = clamp(random.chance(0.5) ? random.normal(0.85, 0.15) : random.normal(0.15, 0.15));
  const ageYears = sampleAgeYears(random);
  const child = clamp((16 - ageYears) / 10);
  const old = clamp((ageYears - 45) / 30);
  const tone = random.uniform(0, skinScale.length - 1);
  const below = Math.floor(tone);
  const skin = mixColor(skinScale[below]!, skinScale[Math.min(below + 1, skinScale.length - 1)]!, tone - below);
  const darkness = tone / (skinScale.length - 1);
  const hair = sampleHairColor(darkness, old, random);
  const wide = random.normal(0, 1);
  return {
    masculinity,
    ageYears,
    skin: [
      clamp(skin[0] + random.normal(0, 0.015)),
      clamp(skin[1] + random.normal(0, 0.012)),
      clamp(skin[2] + random.normal(0, 0.018)),
    ],
    lip: mixColor(mixColor(skin, [0.68, 0.25, 0.26], 0.38), scaleColor(skin, 0.72), random.uniform(0, 0.6)),
    hair,
    brow: mixColor(scaleColor(hair, 0.75), [0.16, 0.11, 0.09], 0.35),
    iris: darkness > 0.55 ? irisColors[random.integer(2)]! : random.pick(irisColors),
    clothes: scaleColor(random.pick(clothesColors), random.uniform(0.75, 1.2)),
    clothesCollar: random.pick(['round', 'vee', 'shirt'] as const),
    faceWidth: clamp(1 + 0.05 * wide + 0.05 * child, 0.88, 1.14),
    jawWidth: clamp(mix(0.72, 0.88, masculinity) + random.normal(0, 0.05) + 0.04 * wide, 0.6, 1),
    chinLength: clamp(mix(1.24, 1.34, masculinity) - 0.1 * child + random.normal(0, 0.04), 1.06, 1.45),
    cheekFullness: clamp(0.45 + 0.4 * child + 0.15 * wide + random.normal(0, 0.15)),
    foreheadHeight: clamp(1.28 + 0.06 * child + random.normal(0, 0.05), 1.15, 1.42),
    eyeSpacing: clamp(0.42 + random.normal(0, 0.018), 0.38, 0.47),
    eyeSize: clamp(mix(1.06, 0.94, masculinity) + 0.16 * child + random.normal(0, 0.06), 0.8, 1.3),
    eyeTilt: clamp(random.normal(0.015, 0.025), -0.04, 0.08),
    eyeOpenness: clamp(1 - 0.15 * old + random.normal(0, 0.08), 0.7, 1.15),
    lidFold: random.chance(0.25) ? random.uniform(0, 0.3) : random.uniform(0.5, 1),
    browThickness: clamp(mix(0.75, 1.15, masculinity) * (1 - 0.3 * child) + random.normal(0, 0.15), 0.45, 1.6),
    browArch: clamp(mix(0.7, 0.35, masculinity) + random.normal(0, 0.2)),
    browHeight: clamp(mix(0.02, -0.02, masculinity) + random.normal(0, 0.015), -0.05, 0.06),
    noseWidth: clamp(
      mix(0.95, 1.06, masculinity) + 0.28 * darkness * random.next() + random.normal(0, 0.09),
      0.75,
      1.45,
    ),
    noseLength: clamp(1 - 0.16 * child + 0.05 * old + random.normal(0, 0.06), 0.78, 1.16),
    noseProjection: clamp(1 + random.normal(0, 0.2), 0.5, 1.5),
    mouthWidth: clamp(0.98 - 0.1 * child + random.normal(0, 0.07), 0.8, 1.2),
    mouthHeight: clamp(random.normal(0, 0.02), -0.04, 0.04),
    lipFullness: clamp(
      mix(1.05, 0.85, masculinity) + 0.3 * darkness * random.next() - 0.25 * old + random.normal(0, 0.12),
      0.5,
      1.5,
    ),
    earSize: clamp(1 + 0.12 * old + random.normal(0, 0.12), 0.7, 1.35),
    hairStyle: sampleHairStyle(masculinity, ageYears, darkness, random),
    hairVolume: random.uniform(0.75, 1.25),
    hairPartSide: random.chance(0.5) ? 1 : -1,
    beard:
      ageYears > 18 && masculinity > 0.55
        ? random.weighted({ none: 5, stubble: 2, moustache: 0.8, goatee: 0.8, full: 1.6 })
        : 'none',
    glasses: random.chance(0.12 + 0.2 * old) ? random.pick(['round', 'square', 'thin'] as const) : 'none',
    glassesColor: random.pick([
      [0.1, 0.09, 0.09],
      [0.3, 0.17, 0.1],
      [0.5, 0.48, 0.46],
      [0.42, 0.12, 0.16],
    ] as const),
    makeup: masculinity < 0.45 && ageYears > 15 && random.chance(0.5) ? random.uniform(0.3, 1) : 0,
    wrinkles: old * random.uniform(0.6, 1.1),
    freckles: darkness < 0.4 && random.chance(0.12) ? random.uniform(0.4, 1) : 0,
    texture: Array.from({ length: 160 }, () => random.next()),
  };
}

function sampleAgeYears(random: Random): number {
  return random.chance(0.12)
    ? random.uniform(6, 16)
    : random.chance(0.25)
      ? random.uniform(50, 85)
      : random.uniform(17, 50);
}

function sampleHairColor(darkness: number, old: number, random: Random): Color {
  if (random.chance(0.03))
    return random.pick([
      [0.72, 0.3, 0.45],
      [0.2, 0.42, 0.6],
      [0.45, 0.3, 0.6],
    ] as const);
  const weights = Object.fromEntries(
    Object.entries(naturalHair).map(([name, { lightSkin, darkSkin }]) => [name, mix(lightSkin, darkSkin, darkness)]),
  );
  const natural = naturalHair[random.weighted(weights)]!.color;
  return mixColor(
    scaleColor(natural, random.uniform(0.8, 1.2)),
    [0.78, 0.77, 0.75],
    clamp(old * random.uniform(0.5, 1.5)),
  );
}

function sampleHairStyle(masculinity: number, ageYears: number, darkness: number, random: Random): HairStyle {
  if (masculinity > 0.5) {
    return random.weighted({
      bald: ageYears > 28 ? 1 : 0.1,
      buzz: 1.5,
      short: 3.5,
      sidePart: 2,
      quiff: 1.6,
      receding: ageYears > 35 ? 2 : 0.05,
      afro: 0.15 + 1.2 * darkness,
      curly: 1.2,
      long: 0.35,
      fringe: 0.7,
      beanie: 0.4,
    });
  }
  return random.weighted({
    long: 3.5,
    bob: 2.4,
    bun: 1.5,
    fringe: 1.7,
    curly: 1.5,
    afro: 0.1 + 1.2 * darkness,
    sidePart: 0.7,
    short: 0.7,
    buzz: 0.1,
    scarf: 0.8,
    beanie: 0.3,
  });
}
