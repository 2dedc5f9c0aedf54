import { rejectUnknownFields, requireChoice, requireDivisible, requirePositive, requireSizes } from '@nano-emox/engine';

/** What every fusion reads and writes. */
type FusionWidths = {
  /** Width of the audio features. @default 1024 */
  readonly audioDim: number;
  /** Width of the scene features. @default 1024 */
  readonly sceneDim: number;
  /** Width of the language model's embeddings. @default 1536 */
  readonly lmDim: number;
  /** Soft tokens of the result; all but `qformer` copy one vector. @default 1 */
  readonly tokens: number;
};

/** Experts on three depths of both encoders, mixed by a gate. */
export type MultiscaleFusionConfig = FusionWidths & {
  readonly type: 'multiscale';
  /** Common width of both modalities. @default 512 */
  readonly hidden: number;
  /** Attention heads of each expert; divides `hidden`. @default 8 */
  readonly heads: number;
  /** Experts, one per level of the inputs. @default 3 */
  readonly experts: number;
  /**
   * Whether all experts read their inputs through the same two projections, as in the released code and its checkpoints.
   * `false` gives each expert its own (`audio_proj.0` …), as descriptions of the paper have it. @default true
   */
  readonly sharedProjections: boolean;
  /** @default 1e-5 */
  readonly layerNormEpsilon: number;
};

/** Learned queries read scene and audio features, one after the other in time. */
export type QFormerFusionConfig = FusionWidths & {
  readonly type: 'qformer';
  /** Width both modalities are mapped to. @default 1024 */
  readonly commonDim: number;
  /** Width of the queries. @default 768 */
  readonly hidden: number;
  /** Attention heads; divides `hidden`. @default 12 */
  readonly heads: number;
  /** Width inside the feed-forward blocks. @default 3072 */
  readonly mlpDim: number;
  /** @default 2 */
  readonly layers: number;
  /** Rows of the position table: the most frames and clips together. @default 264 */
  readonly positions: number;
  /** @default 1e-12 */
  readonly layerNormEpsilon: number;
};

/** The means over time of both modalities, weighted by two scores. */
export type AttentionFusionConfig = FusionWidths & {
  readonly type: 'attention';
  /** Width both modalities are mapped to. @default 1024 */
  readonly commonDim: number;
};

/** Experts on the means over time, mixed by a router. Every expert computes always. */
export type DenseMixtureFusionConfig = FusionWidths & {
  readonly type: 'densemoe';
  /** Width both modalities are mapped to. @default 1024 */
  readonly commonDim: number;
  /** Width inside the router. @default 128 */
  readonly routerDim: number;
  /** @default 3 */
  readonly experts: number;
  /**
   * Adds an input `routerNoise` `[batch, experts]` of standard normal numbers, for training. The released code draws noise
   * when it evaluates, too, which makes answers vary; {@link FusionExperts} feeds zeros. @default false
   */
  readonly routerNoise: boolean;
};

/** Configuration of a fusion; `type` chooses the network. @default 'multiscale' */
export type FusionConfig =
  | MultiscaleFusionConfig
  | QFormerFusionConfig
  | AttentionFusionConfig
  | DenseMixtureFusionConfig;

const where = 'FusionExperts';
const widths = { audioDim: 1024, sceneDim: 1024, lmDim: 1536, tokens: 1 };

/** Sizes of the released configurations of Nano-EmoX and its AffectGPT ancestors. */
const defaults = {
  multiscale: { ...widths, hidden: 512, heads: 8, experts: 3, sharedProjections: true, layerNormEpsilon: 1e-5 },
  qformer: {
    ...widths,
    commonDim: 1024,
    hidden: 768,
    heads: 12,
    mlpDim: 3072,
    layers: 2,
    positions: 264,
    layerNormEpsilon: 1e-12,
  },
  attention: { ...widths, commonDim: 1024 },
  densemoe: { ...widths, commonDim: 1024, routerDim: 128, experts: 3, routerNoise: false },
};

/** Fills defaults and validates. @throws InvalidConfigError */
export function resolveFusionConfig(config: Partial<FusionConfig>): FusionConfig {
  const { type = 'multiscale' } = config;
  requireChoice(where, { type }, 'type', Object.keys(defaults));
  const known = { type, ...defaults[type] };
  rejectUnknownFields(where, config, known);
  const resolved = { ...known, ...config } as FusionConfig;
  const sizes = Object.entries(defaults[type]).filter(
    ([field, value]) => typeof value === 'number' && field !== 'layerNormEpsilon',
  );
  requireSizes(where, resolved, sizes.map(([field]) => field) as 'tokens'[]);
  if (resolved.type === 'multiscale') requireChoice(where, resolved, 'sharedProjections', [true, false]);
  if (resolved.type === 'densemoe') requireChoice(where, resolved, 'routerNoise', [true, false]);
  if (resolved.type === 'multiscale' || resolved.type === 'qformer') {
    requireDivisible(where, resolved, 'hidden', 'heads');
    requirePositive(where, resolved, 'layerNormEpsilon');
  }
  return resolved;
}

/** Ready configurations: `paper` has the published sizes, `tiny` those of the embedded model. */
export const presets = {
  paper: resolveFusionConfig({ type: 'multiscale' }),
  tiny: resolveFusionConfig({ type: 'multiscale', audioDim: 128, sceneDim: 128, hidden: 128, heads: 8, lmDim: 256 }),
} as const;
