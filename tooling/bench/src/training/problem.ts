import { type Graph, graphOf, initializeWeights, input, Random, traceModule } from '@nano-emox/engine';
import { type DecoderConfig, decoderModule, languageModelingLoss, resolveDecoderConfig } from '@nano-emox/lm-lora';
import { type HostTensor, i64 } from '@nano-emox/tensor-contract';
import type { ProblemParts } from './stored-problem';

/** What is trained: the low-rank matrices, or everything. */
export type TrainingKind = 'lora' | 'full';

const SEED = 1;
const LORA_RANK = 16;

/** A decoder that learns to predict random tokens: sizes, weights and batch, the same for every contestant. */
export interface TrainingProblem extends ProblemParts {
  readonly config: DecoderConfig;
  /** Forward graph with the output `loss`. */
  readonly graph: Graph;
}

export interface ProblemSizes {
  readonly layers: number;
  readonly batch: number;
  readonly time: number;
  readonly threads: number;
}

/** A Llama-like decoder: width 576, 9 heads on 3 key heads, MLP 1536, vocabulary 8192, tied head. */
export const decoderSizes = { vocabSize: 8192, hidden: 576, heads: 9, keyHeads: 3, mlp: 1536 };

export function makeProblem(kind: TrainingKind, { layers, batch, time, threads }: ProblemSizes): TrainingProblem {
  const sizes = { ...decoderSizes, layers, maxPositions: time };
  const config = resolveDecoderConfig({ ...sizes, ...(kind === 'lora' && { lora: { rank: LORA_RANK } }) });
  const forward = traceModule(decoderModule, config);
  const labels = input('labels', i64('batch', 'time'));
  const graph = graphOf({ loss: languageModelingLoss(forward.outputs.get('logits') as never, labels) });
  return {
    config,
    threads,
    graph,
    weights: initializeWeights(graph, SEED),
    batch: randomTokens([batch, time], config),
    isTrained: (name) => kind === 'full' || name.includes('.lora_'),
  };
}

/** Random tokens; each is also the label of the token before it. */
function randomTokens(dims: readonly [number, number], { vocabSize, hidden }: DecoderConfig) {
  const random = new Random(SEED);
  const count = dims[0] * dims[1];
  const tokens = BigInt64Array.from({ length: count }, () => BigInt(Math.floor(random.uniform() * vocabSize)));
  return {
    inputIds: { type: 'int64', dims, data: tokens },
    labels: { type: 'int64', dims, data: tokens },
    attentionMask: { type: 'bool', dims, data: new Uint8Array(count).fill(1) },
    spliceIndex: { type: 'int64', dims, data: new BigInt64Array(count).fill(-1n) },
    softTokens: { type: 'float32', dims: [dims[0], 0, hidden], data: new Float32Array(0) },
  } as const satisfies Record<string, HostTensor>;
}
