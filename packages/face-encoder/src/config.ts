import { InvalidConfigError } from '@nano-emox/tensor-contract';
import { frameSize, stageMaps } from './swin/map-size';

/** Sizes and choices of a face encoder. Plain JSON; missing fields come from {@link presets}`.paper`. */
export interface FaceEncoderConfig {
  /** Frame size in pixels, one number for a square or `[height, width]`. @default 224 */
  readonly imageSize: number | readonly [height: number, width: number];
  /** Element type of the frames, always in 0…255. @default 'uint8' */
  readonly inputType: 'uint8' | 'float32';
  /**
   * `none` feeds 0…255 as it is, as the released Nano-EmoX does; `imagenet` scales to [0, 1] and applies the ImageNet mean and
   * deviation, as FaceXFormer itself does. @default 'none'
   */
  readonly normalization: 'none' | 'imagenet';
  /**
   * Empty: pixels become the first map by the published cut into patches. Otherwise by 3 × 3 convolutions with batch norms, behind which small
   * encoders learn much sooner: one entry per halving of the map, the number of residual convolutions after it. @default []
   */
  readonly stemDepths: readonly number[];
  /** Edge of a patch in pixels; behind convolutions 2 to the power of their halvings. @default 4 */
  readonly patchSize: number;
  /** Channels of the first stage; every further stage has twice as many. @default 128 */
  readonly embedDim: number;
  /** Blocks of each stage. @default [2, 2, 18, 2] */
  readonly depths: readonly number[];
  /** Attention heads of each stage. @default [4, 8, 16, 32] */
  readonly heads: readonly number[];
  /** Edge of an attention window in patches. @default 7 */
  readonly windowSize: number;
  /** Width of the hidden layer of a block, as a multiple of its channels. @default 4 */
  readonly mlpRatio: number;
  /** @default 1e-5 */
  readonly layerNormEpsilon: number;
  /** Width of the multi-scale head, and of the features. @default 256 */
  readonly headWidth: number;
  /**
   * How the four maps become one vector. `upsample` is the published way: all maps are brought to the size of the first, joined
   * and averaged. `shortcut` averages first, which gives the same numbers at a fraction of the work when every map's size divides
   * that of the first (224, 112 and 64 pixels, for instance). @default 'shortcut' where it is exact, else 'upsample'
   */
  readonly pooling: 'shortcut' | 'upsample';
  /** Learned temporal queries, and so face tokens. @default 4 */
  readonly queries: number;
  /** Heads of the temporal attention. @default 4 */
  readonly temporalHeads: number;
  /** Hidden width of the projection into the language model. @default 768 */
  readonly projectionDim: number;
  /** Embedding width of the language model. @default 1536 */
  readonly lmDim: number;
}

const paper = {
  imageSize: 224,
  inputType: 'uint8',
  normalization: 'none',
  stemDepths: [],
  patchSize: 4,
  embedDim: 128,
  depths: [2, 2, 18, 2],
  heads: [4, 8, 16, 32],
  windowSize: 7,
  mlpRatio: 4,
  layerNormEpsilon: 1e-5,
  headWidth: 256,
  pooling: 'shortcut',
  queries: 4,
  temporalHeads: 4,
  projectionDim: 768,
  lmDim: 1536,
} as const satisfies FaceEncoderConfig;

const tiny = {
  ...paper,
  imageSize: 48,
  normalization: 'imagenet',
  stemDepths: [1, 2, 2, 1],
  patchSize: 16,
  embedDim: 256,
  depths: [1],
  heads: [8],
  windowSize: 3,
  mlpRatio: 2,
  headWidth: 128,
  projectionDim: 256,
  lmDim: 256,
} as const satisfies FaceEncoderConfig;

/**
 * `paper`: Swin-B, as FaceXFormer (arXiv 2403.12960) and Nano-EmoX (arXiv 2603.02123) use it. `tiny`: for a CPU and few
 * data, 48-pixel frames, residual convolutions with one stage of transformer behind them.
 */
export const presets: Readonly<Record<'paper' | 'tiny', FaceEncoderConfig>> = { paper, tiny };

/**
 * Fills what is missing from the published sizes and checks the whole.
 * @throws InvalidConfigError naming the field
 */
export function resolveConfig(partial: Partial<FaceEncoderConfig> = {}): FaceEncoderConfig {
  for (const field of Object.keys(partial)) {
    check(field in paper, field, `${field} is no field of it`, `Known fields: ${Object.keys(paper).join(', ')}.`);
  }
  const config: FaceEncoderConfig = { ...paper, ...partial };
  checkNumbers(config);
  checkChoices(config);
  checkStages(config);
  return { ...config, pooling: partial.pooling ?? (isShortcutExact(config) ? 'shortcut' : 'upsample') };
}

/** Whether averaging before upsampling is exact: every map fits a whole number of times into the first. */
function isShortcutExact(config: FaceEncoderConfig): boolean {
  const [first, ...rest] = stageMaps(config);
  return rest.every((map) => map.every((size, axis) => (first?.[axis] as number) % size === 0));
}

const integerFields = [
  'patchSize',
  'embedDim',
  'windowSize',
  'headWidth',
  'queries',
  'temporalHeads',
  'projectionDim',
  'lmDim',
] as const satisfies readonly (keyof FaceEncoderConfig)[];

function checkNumbers(config: FaceEncoderConfig): void {
  for (const field of integerFields) checkPositiveInteger(config[field], field);
  for (const field of ['mlpRatio', 'layerNormEpsilon'] as const) {
    const value = config[field];
    check(Number.isFinite(value) && value > 0, field, `${field} is ${value}`, 'Give a positive number.');
  }
  const { temporalHeads, headWidth } = config;
  const divides = headWidth % temporalHeads === 0;
  check(
    divides,
    'temporalHeads',
    `${temporalHeads} temporal heads do not divide headWidth ${headWidth}`,
    'Choose a divisor.',
  );
}

function checkChoices(config: FaceEncoderConfig): void {
  const choices = {
    inputType: ['uint8', 'float32'],
    normalization: ['none', 'imagenet'],
    pooling: ['shortcut', 'upsample'],
  } as const;
  for (const [field, allowed] of Object.entries<readonly string[]>(choices)) {
    const value = config[field as keyof typeof choices];
    check(
      allowed.includes(value),
      field,
      `${field} is ${JSON.stringify(value)}`,
      `Choose one of ${allowed.join(', ')}.`,
    );
  }
}

function checkStages(config: FaceEncoderConfig): void {
  const { depths, heads, embedDim, mlpRatio, patchSize } = config;
  const hasBoth = Array.isArray(depths) && Array.isArray(heads) && depths.length > 0;
  check(
    hasBoth && depths.length === heads.length,
    'heads',
    'depths and heads differ in length',
    'Give one entry per stage in each.',
  );
  depths.forEach((depth) => {
    checkPositiveInteger(depth, 'depths');
  });
  heads.forEach((count, stage) => {
    checkPositiveInteger(count, 'heads');
    const channels = embedDim * 2 ** stage;
    check(
      channels % count === 0,
      'heads',
      `${count} heads do not divide the ${channels} channels of stage ${stage}`,
      'Choose a divisor.',
    );
    const hidden = channels * mlpRatio;
    check(
      Number.isInteger(hidden),
      'mlpRatio',
      `${channels} channels times ${mlpRatio} is no whole width`,
      'Choose another ratio.',
    );
  });
  const size = frameSize(config);
  check(size.length === 2, 'imageSize', `imageSize is ${JSON.stringify(size)}`, 'Give one number, or [height, width].');
  checkConvolutions(config, size);
  for (const edge of size) {
    checkPositiveInteger(edge, 'imageSize');
    check(
      edge >= patchSize,
      'imageSize',
      `an edge of ${edge} is smaller than one patch of ${patchSize}`,
      'Use larger frames.',
    );
  }
}

/** Every level of convolutions halves the map and, but for the first, doubles the channels. */
function checkConvolutions({ stemDepths, patchSize, embedDim }: FaceEncoderConfig, size: readonly number[]): void {
  const isList = Array.isArray(stemDepths) && stemDepths.every((depth) => Number.isInteger(depth) && depth >= 0);
  const hint = 'Give a list of whole numbers, one per halving, or an empty one.';
  check(isList, 'stemDepths', `stemDepths is ${JSON.stringify(stemDepths)}`, hint);
  const levels = stemDepths.length;
  if (levels === 0) return;
  check(
    patchSize === 2 ** levels,
    'patchSize',
    `${levels} halvings do not make a patch of ${patchSize}`,
    `With ${levels} entries in stemDepths, patchSize is ${2 ** levels}.`,
  );
  check(
    embedDim % (patchSize / 2) === 0,
    'embedDim',
    `${embedDim} channels cannot be halved ${levels - 1} times`,
    `Choose a multiple of ${patchSize / 2}.`,
  );
  check(
    size.every((edge) => edge % patchSize === 0),
    'imageSize',
    `frames of ${size.join(' × ')} are not cut into whole patches of ${patchSize}`,
    `Choose multiples of ${patchSize}.`,
  );
}

function checkPositiveInteger(value: number, field: string): void {
  check(Number.isInteger(value) && value > 0, field, `${field} holds ${value}`, 'Give a whole number above 0.');
}

function check(holds: boolean, field: string, message: string, hint: string): asserts holds {
  if (!holds) throw new InvalidConfigError({ message: `FaceEncoder configuration: ${message}`, hint, field });
}
