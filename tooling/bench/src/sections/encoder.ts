import { Random } from '@nano-emox/engine';
import { openOnnxRuntimeNode } from '@nano-emox/engine/onnxruntime-node';
import type { FloatTensor } from '@nano-emox/tensor-contract';
import * as onnxruntime from 'onnxruntime-node';
import type { BenchOptions } from '../command-line';
import { fusedBlock, standardBlock } from '../encoder/hand-written-block';
import { type BlockSizes, blockFlops, traceBlock } from '../encoder/traced-block';
import { type Contestant, timed } from '../measure/contestant';
import { interleave, type Series } from '../measure/interleave';
import { openSquareProduct, rateOf, SQUARE, squareFlops } from '../measure/square-product';
import { type Comparison, comparisonOf, type SectionReport } from '../report';

const GOAL = 0.95;
/** One sample takes about this many operations, so that a small block is run often enough to be timed. */
const FLOPS_PER_SAMPLE = 2e10;
const LARGEST_DIFFERENCE = 1e-3;

const blocks: readonly BlockSizes[] = [
  { name: 'ViT-L block', width: 1024, heads: 16, mlp: 4096, tokens: 257, batch: 4 },
  { name: 'small block', width: 384, heads: 6, mlp: 1536, tokens: 197, batch: 4 },
];

interface RunnableModel extends Contestant {
  /** Result of the last run. */
  readonly result: Float32Array;
}

const runsOf = (flops: number): number => Math.ceil(FLOPS_PER_SAMPLE / flops);

/** A model in ONNX Runtime itself, with the session options of the engine's executor. */
async function rawContestant(
  name: string,
  model: Uint8Array,
  x: FloatTensor,
  flops: number,
  threads: number,
): Promise<RunnableModel> {
  onnxruntime.env.logLevel = 'fatal';
  const session = await onnxruntime.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
  });
  const feeds = { x: new onnxruntime.Tensor('float32', x.data as Float32Array, x.dims) };
  const contestant = {
    name,
    details: `onnxruntime-node cpu, ${threads} threads`,
    result: new Float32Array() as Float32Array,
    run: () =>
      timed(async () => {
        for (let run = 0; run < runsOf(flops); run++)
          contestant.result = (await session.run(feeds)).y?.data as Float32Array;
        return undefined;
      }),
    dispose: () => session.release(),
  };
  return contestant;
}

async function engineContestant(
  model: Uint8Array,
  x: FloatTensor,
  flops: number,
  threads: number,
): Promise<RunnableModel> {
  const executor = await openOnnxRuntimeNode({ threads, workers: 0 });
  const session = await executor.load({ bytes: model }, { name: 'encoder block' });
  const contestant = {
    name: 'engine',
    details: executor.device,
    result: new Float32Array() as Float32Array,
    run: () =>
      timed(async () => {
        for (let run = 0; run < runsOf(flops); run++)
          contestant.result = (await session.run({ x })).y?.data as Float32Array;
        return undefined;
      }),
    dispose: () => executor.dispose(),
  };
  return contestant;
}

function randomInput(...dims: number[]): FloatTensor {
  const random = new Random(1);
  const size = dims.reduce((product, dim) => product * dim, 1);
  return { type: 'float32', dims, data: Float32Array.from({ length: size }, () => random.normal()) };
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (b[index] as number))), 0);

async function measureBlock(
  sizes: BlockSizes,
  { threads, rounds, capSeconds }: BenchOptions,
): Promise<{ comparisons: Comparison[]; notes: string[] }> {
  const { model, weights } = traceBlock(sizes);
  const flops = blockFlops(sizes);
  const x = randomInput(sizes.batch, sizes.tokens, sizes.width);
  const contestants = [
    await engineContestant(model, x, flops, threads),
    await rawContestant('standard operators', standardBlock(weights, sizes), x, flops, threads),
    await rawContestant('fused operators', fusedBlock(weights, sizes), x, flops, threads),
    await openSquareProduct(threads),
  ] as const;
  try {
    const series = await interleave(contestants, { warmUps: 1, rounds: 2 * rounds, timeCapSeconds: capSeconds });
    const [own, standard, fused, product] = series as [Series, Series, Series, Series];
    const differences = [contestants[1], contestants[2]].map(({ result }) =>
      largestDifference(contestants[0].result, result),
    );
    const blockRate = rateOf(flops * runsOf(flops), own.medianSeconds);
    const productRate = rateOf(squareFlops, product.medianSeconds);
    const distance = 100 * (1 - blockRate / productRate);
    const { name, width, heads, mlp, tokens, batch } = sizes;
    const isEqual = differences.every((difference) => difference <= LARGEST_DIFFERENCE);
    const agreement = isEqual ? 'results agree' : 'RESULTS DIFFER';
    return {
      comparisons: [standard, fused].map((rival) => comparisonOf(`${name} / by hand, ${rival.name}`, own, rival, GOAL)),
      notes: [
        `${name} (runs per sample: ${runsOf(flops)}): width ${width}, ${heads} heads, MLP ${mlp}, ${batch} × ${tokens} tokens; ${agreement} to ${Math.max(...differences).toExponential(1)}`,
        `  engine ${blockRate.toFixed(0)} GFLOP/s; one ${SQUARE}³ product of ONNX Runtime ${productRate.toFixed(0)} GFLOP/s: the block is ${distance.toFixed(0)} % away`,
      ],
    };
  } finally {
    for (const contestant of contestants) await contestant.dispose();
  }
}

/** Engine blocks against the same graphs written by hand, in one process with the same session options. */
export async function encoderSection(options: BenchOptions): Promise<SectionReport> {
  const comparisons: Comparison[] = [];
  const notes: string[] = [];
  for (const sizes of blocks) {
    const measured = await measureBlock(sizes, options);
    comparisons.push(...measured.comparisons);
    notes.push(...measured.notes);
  }
  return { name: 'encoder', comparisons, notes };
}
