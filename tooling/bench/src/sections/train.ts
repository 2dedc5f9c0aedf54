import { join } from 'node:path';
import { loadRendered } from '@nano-emox/recipes';
import type { BenchOptions } from '../command-line';
import { axesOf, emotionGraph, type MeasuredPhase, makeEmotionProblem } from '../emotion/emotion-problem';
import { trainingFlops } from '../emotion/training-flops';
import type { Contestant, Sample } from '../measure/contestant';
import { interleave, type Series, seriesOf } from '../measure/interleave';
import { PeerError } from '../measure/line-peer';
import { openSquareProduct, rateOf, SQUARE, squareFlops } from '../measure/square-product';
import { type Comparison, comparisonOf, type SectionReport } from '../report';
import { findNewestTorch, type TorchPython, torchHint } from '../training/find-python';
import { temporaryFolder, writeProblem } from '../training/stored-problem';
import { lossDifference, openRivals, startNodePeer, torchOpeners } from './open-rivals';

const TORCH_GOAL = 1.5;
/** The second epoch takes at most a tenth of the first. */
const EPOCH_GOAL = 10;
/** Steps on the same weights and batch whose losses must agree before anything is timed. */
const VERIFIED_STEPS = 3;
const LARGEST_LOSS_DIFFERENCE = 1e-4;
/** Rendered clips of an epoch. */
const CLIPS = 40;
/** Runs that begin with an empty cache. */
const MOST_EPOCH_ROUNDS = 3;

const phases: readonly { readonly name: MeasuredPhase; readonly title: string }[] = [
  { name: 'understanding-fusion', title: 'phase-2 step' },
  { name: 'empathy-multitask', title: 'phase-3 step' },
];

type Measured = Pick<SectionReport, 'comparisons' | 'notes'>;

/** Steps of the composed model against PyTorch, and what the feature cache saves; every contestant in a process of its own. */
export async function trainSection(options: BenchOptions): Promise<SectionReport> {
  const parts: Measured[] = [];
  const pythons = findNewestTorch(); // looking takes seconds: once for both phases
  for (const { name, title } of phases) parts.push(await measurePhase(name, title, pythons, options));
  parts.push(await measureEpochs(options));
  return {
    name: 'train',
    comparisons: parts.flatMap(({ comparisons }) => comparisons),
    notes: parts.flatMap(({ notes }) => notes),
  };
}

async function measurePhase(
  phase: MeasuredPhase,
  title: string,
  pythons: readonly TorchPython[],
  options: BenchOptions,
): Promise<Measured> {
  const problem = makeEmotionProblem(phase, options.threads);
  const { config, batch, isTrained } = problem;
  const axes = axesOf(config, batch);
  const flops = trainingFlops(emotionGraph(config, axes), isTrained);
  const { languageModel, videoAdapter } = config;
  const stored = await writeProblem(problem);
  const product = await openSquareProduct(options.threads);
  const contestants: Contestant[] = [product];
  try {
    const { opened, notes } = await openRivals(
      torchOpeners(pythons, 'emotion_step.py', stored.folder, options),
      torchHint,
    );
    contestants.push(...opened);
    const comparisons: Comparison[] = [];
    notes.unshift(
      `${title} (${phase}): ${languageModel.layers} layers of width ${languageModel.hidden}, two Q-Formers of ${'layers' in videoAdapter ? videoAdapter.layers : 0} layers, face queries, 3 experts; batch ${axes.batch} × ${axes.time} tokens, ${axes.rows} supervised; ${(flops / 1e9).toFixed(0)} GFLOP of products`,
    );
    for (const rival of opened) {
      const engine = await startNodePeer('emotion-peer.js', [stored.folder], options); // anew: both make the same steps
      contestants.push(engine);
      try {
        const agreement = await verifyLosses(engine, rival);
        const { rounds, capSeconds } = options;
        const plan = { warmUps: 0, rounds, timeCapSeconds: capSeconds };
        const [own, other, square] = (await interleave([engine, rival, product], plan)) as [Series, Series, Series];
        comparisons.push(comparisonOf(`${title} / ${rival.name}`, own, other, TORCH_GOAL));
        notes.push(
          `${rival.name}: ${rival.details}; ${agreement}`,
          `  ${describeRate(flops, own, square)}`,
          `  peak memory: engine ${peakOf(own.samples)}, ${rival.name} ${peakOf(other.samples)}`,
        );
      } catch (error) {
        if (!(error instanceof PeerError)) throw error;
        notes.push(`${rival.name} gave no figure: ${error.message}`);
      }
    }
    return { comparisons, notes };
  } finally {
    for (const contestant of contestants) await contestant.dispose();
    stored.remove();
  }
}

async function verifyLosses(engine: Contestant, rival: Contestant): Promise<string> {
  const series = await interleave([engine, rival], { warmUps: 0, rounds: VERIFIED_STEPS, timeCapSeconds: Infinity });
  const [own, other] = series as [Series, Series];
  const difference = lossDifference(own.samples, other.samples);
  const losses = own.samples.map(({ loss }) => (loss as number).toFixed(4)).join(', ');
  const verdict = difference <= LARGEST_LOSS_DIFFERENCE ? 'equal' : 'NOT EQUAL';
  return `losses of the first ${VERIFIED_STEPS} steps ${losses}: ${verdict}, to ${difference.toExponential(1)}`;
}

/** How near a step comes to the rate of one large product: by the clock, and per second of processor time. */
function describeRate(flops: number, own: Series, square: Series): string {
  const rate = rateOf(flops, own.medianSeconds);
  const limit = rateOf(squareFlops, square.medianSeconds);
  const share = rateOf(flops, own.medianProcessorSeconds) / rateOf(squareFlops, square.medianProcessorSeconds);
  const away = (part: number) => `${(100 * (1 - part)).toFixed(0)} %`;
  return `engine ${rate.toFixed(0)} GFLOP/s; one ${SQUARE}³ product ${limit.toFixed(0)} GFLOP/s: the step is ${away(rate / limit)} away, ${away(share)} of CPU time`;
}

const peakOf = (samples: readonly Sample[]): string =>
  `${(Math.max(...samples.map(({ peakBytes }) => peakBytes ?? Number.NaN)) / 2 ** 20).toFixed(0)} MiB`;

/** Features of an epoch alone, which has a goal, and an epoch of training with them, which depends on the steps. */
async function measureEpochs(options: BenchOptions): Promise<Measured> {
  const place = await temporaryFolder();
  try {
    await loadRendered({ cacheFolder: place.folder, trainCount: CLIPS, validationCount: 1, threads: options.threads });
    const features = await epochsOf('features', place.folder, Math.min(options.rounds, MOST_EPOCH_ROUNDS), options);
    const training = await epochsOf('training', place.folder, 1, options);
    const milliseconds = ({ medianSeconds }: Series) => `${(1000 * medianSeconds).toFixed(0)} ms`;
    return {
      comparisons: [comparisonOf('features: second epoch / first', features.second, features.first, EPOCH_GOAL)],
      notes: [
        `epochs: ${CLIPS} rendered clips, encoders of the tiny model (nothing is decoded, which would lengthen the first epoch); peak memory ${peakOf(features.second.samples)}`,
        `  with the steps of phase 2 on the tiny model: first epoch ${milliseconds(training.first)}, second ${milliseconds(training.second)}; peak memory ${peakOf(training.second.samples)}`,
      ],
    };
  } finally {
    place.remove();
  }
}

/** First and second epochs of processes that each begin with an empty cache. */
async function epochsOf(kind: 'features' | 'training', folder: string, rounds: number, options: BenchOptions) {
  const samples = { first: [] as Sample[], second: [] as Sample[] };
  for (let round = 0; round < rounds; round++) {
    const args = [kind, folder, `${CLIPS}`, join(folder, `${kind}-${round}`), `${options.threads}`];
    const peer = await startNodePeer('epochs-peer.js', args, options);
    try {
      samples.first.push(await peer.run());
      samples.second.push(await peer.run());
    } finally {
      await peer.dispose();
    }
  }
  return { first: seriesOf('first epoch', samples.first), second: seriesOf('second epoch', samples.second) };
}
