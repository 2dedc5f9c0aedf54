/** How one speech sound is made. Formants are those of an average adult male tract, Hz. */
export interface Phoneme {
  readonly kind: 'vowel' | 'sonorant' | 'fricative' | 'stop' | 'pause';
  /** Formant targets at the start and, for diphthongs, at the end. */
  readonly formants: readonly [number, number, number];
  readonly glideTo?: readonly [number, number, number];
  /** Length at a neutral rate, seconds. */
  readonly seconds: number;
  /** Strength of the glottal source, [0, 1]. */
  readonly voicing: number;
  /** Noise made in the mouth: centre and bandwidth in Hz, gain. */
  readonly noise?: readonly [centerHz: number, bandwidthHz: number, gain: number];
  /** Strength of breath noise through the whole tract. */
  readonly aspiration?: number;
  readonly nasal?: boolean;
  /** What the lips do: open, round, spread, closed; each in [0, 1]. */
  readonly lips: readonly [open: number, round: number, spread: number, closed: number];
}

type Formants = readonly [number, number, number];

const vowel = (formants: Formants, lips: Phoneme['lips'], seconds = 0.105, glideTo?: Formants): Phoneme => ({
  kind: 'vowel',
  formants,
  lips,
  seconds,
  voicing: 1,
  ...(glideTo && { glideTo }),
});
const sonorant = (formants: Formants, lips: Phoneme['lips'], nasal = false): Phoneme => ({
  kind: 'sonorant',
  formants,
  lips,
  seconds: 0.065,
  voicing: 0.75,
  nasal,
});
const fricative = (
  noise: Required<Phoneme>['noise'],
  voicing: number,
  formants: Formants,
  lips: Phoneme['lips'],
): Phoneme => ({
  kind: 'fricative',
  noise,
  voicing,
  formants,
  lips,
  seconds: voicing > 0 ? 0.065 : 0.095,
});
const stop = (noise: Required<Phoneme>['noise'], voicing: number, formants: Formants, closed: number): Phoneme => ({
  kind: 'stop',
  noise,
  voicing,
  formants,
  lips: [0.1, 0, 0, closed],
  seconds: 0.08,
  aspiration: voicing > 0 ? 0 : 0.5,
});

/** Vowel means are close to the classic averages of American men (Peterson and Barney, 1952), rounded. */
export const phonemes = {
  IY: vowel([280, 2250, 2950], [0.2, 0, 0.9, 0]),
  IH: vowel([400, 1950, 2550], [0.3, 0, 0.6, 0], 0.08),
  EH: vowel([540, 1800, 2480], [0.5, 0, 0.5, 0], 0.095),
  AE: vowel([660, 1700, 2400], [0.7, 0, 0.5, 0], 0.12),
  AA: vowel([730, 1100, 2440], [0.95, 0, 0, 0], 0.125),
  AO: vowel([570, 860, 2410], [0.7, 0.6, 0, 0], 0.12),
  UH: vowel([450, 1030, 2250], [0.35, 0.6, 0, 0], 0.08),
  UW: vowel([310, 880, 2240], [0.2, 1, 0, 0], 0.11),
  AH: vowel([630, 1200, 2400], [0.6, 0, 0.1, 0], 0.085),
  AX: vowel([500, 1450, 2450], [0.35, 0, 0.1, 0], 0.055),
  ER: vowel([480, 1340, 1700], [0.35, 0.4, 0, 0], 0.1),
  EY: vowel([500, 1850, 2500], [0.5, 0, 0.6, 0], 0.13, [320, 2200, 2800]),
  AY: vowel([730, 1150, 2450], [0.9, 0, 0.2, 0], 0.15, [350, 2050, 2600]),
  OY: vowel([560, 900, 2400], [0.6, 0.8, 0, 0], 0.16, [370, 2000, 2550]),
  AW: vowel([720, 1250, 2450], [0.9, 0.1, 0, 0], 0.155, [420, 950, 2300]),
  OW: vowel([540, 980, 2380], [0.55, 0.7, 0, 0], 0.135, [380, 850, 2250]),
  M: sonorant([260, 1100, 2100], [0, 0, 0, 1], true),
  N: sonorant([270, 1600, 2500], [0.2, 0, 0.2, 0], true),
  NG: sonorant([280, 2000, 2500], [0.3, 0, 0.1, 0], true),
  L: sonorant([370, 1050, 2600], [0.35, 0, 0.1, 0]),
  R: sonorant([350, 1200, 1650], [0.25, 0.6, 0, 0]),
  W: sonorant([300, 650, 2200], [0.1, 1, 0, 0]),
  Y: sonorant([280, 2200, 2950], [0.2, 0, 0.7, 0]),
  V: fricative([4500, 4000, 0.1], 0.6, [300, 1300, 2300], [0.08, 0, 0.2, 0.4]),
  DH: fricative([5000, 4000, 0.07], 0.65, [320, 1500, 2500], [0.2, 0, 0.2, 0]),
  Z: fricative([6000, 2200, 0.3], 0.5, [310, 1700, 2550], [0.15, 0, 0.5, 0]),
  ZH: fricative([3200, 1600, 0.3], 0.5, [310, 1800, 2500], [0.2, 0.6, 0, 0]),
  F: fricative([4500, 5000, 0.16], 0, [320, 1300, 2300], [0.06, 0, 0.2, 0.5]),
  TH: fricative([5200, 5000, 0.12], 0, [330, 1500, 2500], [0.2, 0, 0.2, 0]),
  S: fricative([6200, 2000, 0.55], 0, [320, 1700, 2550], [0.12, 0, 0.6, 0]),
  SH: fricative([3300, 1700, 0.5], 0, [330, 1850, 2500], [0.2, 0.7, 0, 0]),
  HH: {
    kind: 'fricative',
    formants: [500, 1500, 2500],
    lips: [0.4, 0, 0, 0],
    seconds: 0.06,
    voicing: 0,
    aspiration: 1,
  },
  B: stop([900, 1500, 0.3], 0.25, [250, 900, 2100], 1),
  D: stop([3800, 2500, 0.4], 0.25, [280, 1700, 2600], 0),
  G: stop([2000, 1300, 0.4], 0.25, [270, 1900, 2300], 0),
  P: stop([900, 1800, 0.45], 0, [280, 900, 2100], 1),
  T: stop([4300, 2800, 0.7], 0, [320, 1700, 2600], 0),
  K: stop([2100, 1400, 0.6], 0, [300, 1900, 2300], 0),
  CH: {
    kind: 'stop',
    formants: [320, 1850, 2500],
    lips: [0.15, 0.6, 0, 0],
    seconds: 0.11,
    voicing: 0,
    noise: [3300, 1800, 0.8],
  },
  JH: {
    kind: 'stop',
    formants: [300, 1850, 2500],
    lips: [0.15, 0.6, 0, 0],
    seconds: 0.09,
    voicing: 0.25,
    noise: [3300, 1800, 0.45],
  },
  PAUSE: { kind: 'pause', formants: [500, 1500, 2500], lips: [0, 0, 0, 0], seconds: 0.18, voicing: 0 },
  /** Audible breath in, as in a gasp. */
  GASP: {
    kind: 'fricative',
    formants: [650, 1350, 2500],
    lips: [0.7, 0, 0, 0],
    seconds: 0.28,
    voicing: 0,
    aspiration: 1.6,
  },
} as const satisfies Record<string, Phoneme>;

export type PhonemeName = keyof typeof phonemes;

/** The sound under that name, with the optional fields visible to the type checker. */
export function phoneme(name: PhonemeName): Phoneme {
  return phonemes[name];
}

export function isVowel(name: PhonemeName): boolean {
  return phonemes[name].kind === 'vowel';
}
