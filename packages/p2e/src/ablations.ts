import type { CurriculumName } from './curriculum';

/** What an ablation changes in the model, as plain data; `changeModelConfig` of `nano-emox/training` applies it. */
export interface ModelChanges {
  /** Branches that contribute nothing. */
  readonly without?: readonly ('face' | 'multi')[];
  readonly fusionType?: 'multiscale' | 'qformer' | 'attention' | 'densemoe';
  /** Of the video and the audio adapter. */
  readonly adapterType?: 'qformer' | 'mean' | 'attention' | 'mlp' | 'linear';
  /** Rank of the low-rank matrices; their scale stays. */
  readonly loraRank?: number;
  /** Attention of the language model: plain, or a preset of the duplex attention. */
  readonly attention?: 'plain' | 'paper' | 'code' | 'maskOnly' | 'alignersOnly';
}

/** One row of an ablation table: the full system with one thing changed, or another system of the same parts. */
export interface Ablation {
  readonly name: string;
  /** One sentence for a report. */
  readonly describes: string;
  /** @default 'p2e' */
  readonly curriculum?: CurriculumName;
  /** @default none */
  readonly model?: ModelChanges;
}

/** Ranks on either side of the published 16. */
const loraRanks = [4, 8, 16, 32] as const;

const table: readonly Ablation[] = [
  { name: 'full', describes: 'everything, by the perception-to-empathy curriculum' },
  { name: 'joint', describes: 'all tasks at once, in as many steps', curriculum: 'joint' },
  { name: 'reverse', describes: 'the phases from last to first', curriculum: 'reverse' },
  { name: 'p2e-released', describes: 'the curriculum as the published code runs it', curriculum: 'p2e-released' },
  { name: 'no-face', describes: 'without the face branch', model: { without: ['face'] } },
  { name: 'no-fusion', describes: 'without the fusion of sound and picture', model: { without: ['multi'] } },
  ...(['qformer', 'attention', 'densemoe'] as const).map(
    (fusionType): Ablation => ({
      name: `fusion-${fusionType}`,
      describes: `fusion of type ${fusionType} instead of multiscale`,
      model: { fusionType },
    }),
  ),
  ...(['mean', 'attention', 'mlp', 'linear'] as const).map(
    (adapterType): Ablation => ({
      name: `adapters-${adapterType}`,
      describes: `video and audio adapters of type ${adapterType} instead of qformer`,
      model: { adapterType },
    }),
  ),
  ...loraRanks.map(
    (loraRank): Ablation => ({
      name: `lora-rank-${loraRank}`,
      describes: `low-rank matrices of rank ${loraRank}`,
      model: { loraRank },
    }),
  ),
  { name: 'attention-plain', describes: 'plain attention', model: { attention: 'plain' } },
  { name: 'attention-mask', describes: 'the mask of duplex attention alone', model: { attention: 'maskOnly' } },
  {
    name: 'attention-aligners',
    describes: 'the aligners of duplex attention alone',
    model: { attention: 'alignersOnly' },
  },
  { name: 'attention-duplex', describes: 'duplex attention, mask and aligners', model: { attention: 'paper' } },
  ...(['attention', 'qformer'] as const).map(
    (fusionType): Ablation => ({
      name: `affectgpt-${fusionType}`,
      describes: `AffectGPT: one stage of training, pre-fusion of type ${fusionType}, no face encoder`,
      curriculum: 'joint',
      model: { without: ['face'], fusionType },
    }),
  ),
];

/** Every ablation by name: one part of the full system (multi-scale fusion, Q-Former adapters) changed at a time; `affectgpt-…` are whole systems. */
export const ablations: Readonly<Record<string, Ablation>> = Object.fromEntries(
  table.map((ablation) => [ablation.name, ablation]),
);
