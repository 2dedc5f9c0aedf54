import { fileURLToPath } from 'node:url';
import { featureDeviation, productFlops } from '@nano-emox/engine';
import type { BenchOptions } from '../command-line';
import { type Contestant, type Sample, timed } from '../measure/contestant';
import { interleave, type Series } from '../measure/interleave';
import { LinePeer } from '../measure/line-peer';
import { rateOf, squareFlops } from '../measure/square-product';
import { openGraph, openProduct, openSizes, type PaperEncoder, PRODUCTS, paperEncoders } from '../paper/encoders';
import { type Comparison, comparisonOf, type SectionReport } from '../report';
import { findNewestTorch, torchHint } from '../training/find-python';
import { openRivals } from './open-rivals';
import { measurePaperModel } from './paper-model';

/** Share of the rate of one large product of the same precision that an encoder is to reach. */
const PRODUCT_GOAL = 0.9;
const TORCH_GOALS = { float32: 1, int8: 4 } as const;
const START_LIMIT_SECONDS = 300;
/** Frames, or stretches of sound, of the table of costs. */
const GROWTH = [1, 2, 4, 8, 16] as const;
const GROWTH_RUNS = 3;

type Measured = Pick<SectionReport, 'comparisons' | 'notes'>;

/** Goes by processor time, which other programs on the machine hardly change. */
const rateOfSeries = (flops: number, { medianProcessorSeconds }: Series, threads: number): number =>
  rateOf(flops, medianProcessorSeconds / threads);

async function measureEncoder(encoder: PaperEncoder, options: BenchOptions): Promise<Measured> {
  const { threads, rounds, capSeconds } = options;
  const { title, kind, graph } = encoder;
  const flops = productFlops(graph);
  const script = fileURLToPath(new URL('../python/paper_encoder.py', import.meta.url));
  const openers = findNewestTorch().map(
    ({ program }) =>
      () =>
        LinePeer.start(program, [script, kind, `${threads}`], START_LIMIT_SECONDS, capSeconds),
  );
  const { opened, notes } = await openRivals(openers, torchHint);
  const own = await Promise.all(
    (['float32', 'int8'] as const).map((precision) => openGraph(title, encoder, precision, threads)),
  );
  const products = await Promise.all(
    (['float32', 'int8'] as const).map((precision) => openProduct(precision, threads)),
  );
  const contestants: Contestant[] = [...own, ...products, ...opened];
  try {
    const series = await interleave(contestants, { warmUps: 1, rounds, timeCapSeconds: capSeconds });
    const [whole, small, wholeProduct, smallProduct, torch] = series as [Series, Series, Series, Series, Series?];
    const comparisons: Comparison[] = [];
    for (const [precision, mine, product] of [
      ['float32', whole, wholeProduct],
      ['int8', small, smallProduct],
    ] as const) {
      const [rate, limit] = [
        rateOfSeries(flops, mine, threads),
        rateOfSeries(PRODUCTS * squareFlops, product, threads),
      ];
      const verdict = rate / limit >= PRODUCT_GOAL ? 'met' : 'missed';
      notes.push(
        `${title}, ${precision}: ${rate.toFixed(0)} of ${limit.toFixed(0)} GFLOP/s of large products, ${((100 * rate) / limit).toFixed(0)} % (goal 90 %: ${verdict}), by CPU time`,
      );
      if (torch)
        comparisons.push(comparisonOf(`${title}, ${precision} / PyTorch float32`, mine, torch, TORCH_GOALS[precision]));
    }
    const [expected, found] = own.map(({ result }) => result) as [Float32Array, Float32Array];
    const { cosine, relativeError } = featureDeviation(expected, found, expected.length);
    notes.push(
      `  int8 features against float32: cosine ${cosine.toFixed(5)}, relative error ${relativeError.toFixed(4)}`,
    );
    return { comparisons, notes };
  } finally {
    for (const contestant of contestants) await contestant.dispose();
  }
}

/** Whether the cost of an encoder is linear: milliseconds of processor time for each frame, or each stretch of sound, of 1 to 16. */
async function measureGrowth({ title, growing }: PaperEncoder, { threads }: BenchOptions): Promise<string> {
  const { unit, graph, inputsOf } = growing;
  const opened = await openSizes(title, graph, 'int8', threads);
  try {
    const costs: string[] = [];
    for (const count of GROWTH) {
      const inputs = inputsOf(count);
      const samples: Sample[] = [];
      for (let run = 0; run < GROWTH_RUNS; run++)
        samples.push(await timed(() => opened.compute(inputs).then(() => undefined)));
      const least = Math.min(...samples.map(({ processorSeconds }) => processorSeconds));
      costs.push(`${((1000 * least) / count / threads).toFixed(0)} of ${count}`);
    }
    return `  int8, ms a ${unit} by CPU time: ${costs.join(', ')}`;
  } finally {
    await opened.dispose();
  }
}

/** The model of the paper's size with random weights: each encoder alone, then the language model, then a clip through all of it. */
export async function paperSection(options: BenchOptions): Promise<SectionReport> {
  const comparisons: Comparison[] = [];
  const notes: string[] = [];
  for (const encoder of paperEncoders) {
    const sized = encoder();
    const measured = await measureEncoder(sized, options);
    comparisons.push(...measured.comparisons);
    notes.push(...measured.notes, await measureGrowth(sized, options));
  }
  notes.push(...(await measurePaperModel(options)));
  return { name: 'paper', comparisons, notes };
}
