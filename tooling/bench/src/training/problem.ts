import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Graph, graphOf, initializeWeights, input, Random, traceModule } from '@nano-emox/engine';
import { adamWDefaults, decaysByDefault } from '@nano-emox/engine/training';
import { type DecoderConfig, decoderModule, languageModelingLoss, resolveDecoderConfig } from '@nano-emox/lm-lora';
import { elementCount, type FloatTensor, i64 } from '@nano-emox/tensor-contract';

/** What is trained: the low-rank matrices, or everything. */
export type TrainingKind = 'lora' | 'full';

const SEED = 1;
const LORA_RANK = 16;
export const learningRate = 1e-4;

/** One training problem that every contestant gets: sizes, weights and batch. */
export interface TrainingProblem {
  readonly kind: TrainingKind;
  readonly config: DecoderConfig;
  readonly batch: number;
  readonly time: number;
  readonly threads: number;
  /** Forward graph with the output `loss`. */
  readonly graph: Graph;
  readonly weights: ReadonlyMap<string, FloatTensor>;
  /** `[batch, time]`, row by row; each is also the label of the token before it. */
  readonly ids: readonly number[];
}

export interface ProblemSizes {
  readonly layers: number;
  readonly batch: number;
  readonly time: number;
  readonly threads: number;
}

export const isTrained = (kind: TrainingKind, name: string): boolean => kind === 'full' || name.includes('.lora_');

/** A Llama-like decoder: width 576, 9 heads on 3 key heads, MLP 1536, vocabulary 8192, tied head. */
export function makeProblem(kind: TrainingKind, { layers, batch, time, threads }: ProblemSizes): TrainingProblem {
  const sizes = { vocabSize: 8192, hidden: 576, layers, heads: 9, keyHeads: 3, mlp: 1536, maxPositions: time };
  const config = resolveDecoderConfig({ ...sizes, ...(kind === 'lora' && { lora: { rank: LORA_RANK } }) });
  const forward = traceModule(decoderModule, config);
  const labels = input('labels', i64('batch', 'time'));
  const graph = graphOf({ loss: languageModelingLoss(forward.outputs.get('logits') as never, labels) });
  const random = new Random(SEED);
  const ids = Array.from({ length: batch * time }, () => Math.floor(random.uniform() * sizes.vocabSize));
  return { kind, config, batch, time, threads, graph, weights: initializeWeights(graph, SEED), ids };
}

/** Writes a problem for rivals in other processes; `remove` deletes it, and so does the end of this process. */
export async function writeProblem(problem: TrainingProblem): Promise<{ folder: string; remove(): void }> {
  const folder = await mkdtemp(join(tmpdir(), 'nano-emox-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  let offset = 0;
  const tensors = [...problem.weights].map(([name, { dims }]) => {
    const entry = { name, dims, offset, trained: isTrained(problem.kind, name), decays: decaysByDefault(name, dims) };
    offset += elementCount(dims);
    return entry;
  });
  const values = new Float32Array(offset);
  tensors.forEach((entry) => {
    values.set((problem.weights.get(entry.name) as FloatTensor).data, entry.offset);
  });
  const { config, batch, time, threads, ids } = problem;
  const settings = { config, batch, time, threads, ids, learningRate, ...adamWDefaults, tensors };
  await writeFile(join(folder, 'tensors.bin'), new Uint8Array(values.buffer));
  await writeFile(join(folder, 'problem.json'), JSON.stringify(settings));
  return { folder, remove };
}
