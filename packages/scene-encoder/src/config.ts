import { InvalidConfigError } from '@nano-emox/tensor-contract';

/** Sizes and choices of a scene encoder. Plain JSON; missing fields come from {@link presets}`.paper`. */
export interface SceneEncoderConfig {
  /** Edge of the square frames in pixels. @default 224 */
  readonly imageSize: number;
  /** Element type of the frames. @default 'uint8' */
  readonly inputType: 'uint8' | 'float32';
  /** `clip` scales 0…255 to [0, 1] and applies CLIP's mean and deviation; `none` reads frames as they are. @default 'clip' */
  readonly normalization: 'clip' | 'none';
  /** Edge of a patch in pixels. @default 14 */
  readonly patchSize: number;
  /** Width of the transformer, and of the features. @default 1024 */
  readonly hidden: number;
  /** Layers of the checkpoint; those deeper than the deepest one read are not computed. @default 24 */
  readonly layers: number;
  /** Attention heads. @default 16 */
  readonly heads: number;
  /** Hidden width of a layer's perceptron. @default 4096 */
  readonly mlp: number;
  /** @default 'quick_gelu' */
  readonly activation: 'quick_gelu' | 'gelu';
  /** @default 1e-5 */
  readonly layerNormEpsilon: number;
  /**
   * Depths given to the fusion experts, shallow to deep, as indices of Hugging Face's `hidden_states`: 0 is the embedding after its
   * norm, k the output of layer k. At least one. @default [12, 16, 22]
   */
  readonly levels: readonly number[];
  /** Depth of the features, as in `levels`. @default 23 */
  readonly featureLevel: number;
}

const paper = {
  imageSize: 224,
  inputType: 'uint8',
  normalization: 'clip',
  patchSize: 14,
  hidden: 1024,
  layers: 24,
  heads: 16,
  mlp: 4096,
  activation: 'quick_gelu',
  layerNormEpsilon: 1e-5,
  levels: [12, 16, 22],
  featureLevel: 23,
} as const satisfies SceneEncoderConfig;

const tiny = {
  ...paper,
  imageSize: 64,
  patchSize: 8,
  hidden: 128,
  layers: 6,
  heads: 4,
  mlp: 512,
  levels: [2, 4, 5],
  featureLevel: 6,
} as const satisfies SceneEncoderConfig;

/**
 * `paper`: CLIP ViT-L/14 at 224 pixels, as Nano-EmoX (arXiv 2603.02123) reads it. `tiny`: the same structure for a CPU.
 */
export const presets: Readonly<Record<'paper' | 'tiny', SceneEncoderConfig>> = { paper, tiny };

/**
 * Fills what is missing from the published sizes and checks the whole.
 * @throws InvalidConfigError naming the field
 */
export function resolveConfig(partial: Partial<SceneEncoderConfig> = {}): SceneEncoderConfig {
  for (const field of Object.keys(partial)) {
    check(field in paper, field, `${field} is no field of it`, `Known fields: ${Object.keys(paper).join(', ')}.`);
  }
  const config: SceneEncoderConfig = { ...paper, ...partial };
  checkNumbers(config);
  checkChoices(config);
  checkLevels(config);
  return config;
}

/** Number of layers that have to be computed. */
export function neededDepth({ levels, featureLevel }: Pick<SceneEncoderConfig, 'levels' | 'featureLevel'>): number {
  return Math.max(featureLevel, ...levels);
}

function checkNumbers(config: SceneEncoderConfig): void {
  for (const field of ['imageSize', 'patchSize', 'hidden', 'layers', 'heads', 'mlp'] as const) {
    const value = config[field];
    check(Number.isInteger(value) && value > 0, field, `${field} is ${value}`, 'Give a whole number above 0.');
  }
  const { layerNormEpsilon, imageSize, patchSize, hidden, heads } = config;
  const isPositive = Number.isFinite(layerNormEpsilon) && layerNormEpsilon > 0;
  check(isPositive, 'layerNormEpsilon', `layerNormEpsilon is ${layerNormEpsilon}`, 'Give a positive number.');
  check(hidden % heads === 0, 'heads', `${heads} heads do not divide ${hidden} channels`, 'Choose a divisor.');
  const fits = imageSize >= patchSize;
  check(fits, 'imageSize', `frames of ${imageSize} are smaller than one patch of ${patchSize}`, 'Use larger frames.');
}

function checkChoices(config: SceneEncoderConfig): void {
  const choices = {
    inputType: ['uint8', 'float32'],
    normalization: ['clip', 'none'],
    activation: ['quick_gelu', 'gelu'],
  } as const;
  for (const [field, allowed] of Object.entries<readonly string[]>(choices)) {
    const value = config[field as keyof typeof choices];
    const hint = `Choose one of ${allowed.join(', ')}.`;
    check(allowed.includes(value), field, `${field} is ${JSON.stringify(value)}`, hint);
  }
}

function checkLevels({ levels, featureLevel, layers }: SceneEncoderConfig): void {
  const isList = Array.isArray(levels) && levels.length > 0;
  check(isList, 'levels', `levels is ${JSON.stringify(levels)}`, 'Give a list of one or more depths.');
  const isDepth = (level: number) => Number.isInteger(level) && level >= 0 && level <= layers;
  const hint = `Depths run from 0 (the embedding) to ${layers} (the last layer).`;
  check(isDepth(featureLevel), 'featureLevel', `there is no depth ${featureLevel}`, hint);
  for (const level of levels) check(isDepth(level), 'levels', `there is no depth ${level}`, hint);
}

function check(holds: boolean, field: string, message: string, hint: string): asserts holds {
  if (!holds) throw new InvalidConfigError({ message: `SceneEncoder configuration: ${message}`, hint, field });
}
