import type { BenchOptions } from '../command-line';
import type { Contestant } from '../measure/contestant';
import { interleave, type Series } from '../measure/interleave';
import { PeerError } from '../measure/line-peer';
import { comparisonOf, type SectionReport } from '../report';
import { openEngineStep } from '../training/engine-step';
import { findTorchPythons, torchHint } from '../training/find-python';
import { makeProblem, type ProblemSizes, type TrainingKind } from '../training/problem';
import { writeProblem } from '../training/stored-problem';
import { lossDifference, openRivals, startNodePeer, torchOpeners } from './open-rivals';

const TORCH_GOAL = 1.5;
const TENSORFLOW_GOAL = 50;
/** Losses of the same steps on the same weights differ by rounding only; both sides saw the same number of steps. */
const LARGEST_LOSS_DIFFERENCE = 1e-3;

const stepNames: Readonly<Record<TrainingKind, string>> = { lora: 'LoRA step', full: 'full step' };
const torchSizes = { layers: 6, batch: 4, time: 256 };
/** TensorFlow.js needs minutes for a step of the large problem; every contestant gets the small one, nothing is extrapolated. */
const tensorflowSizes = { layers: 1, batch: 1, time: 256 };

interface Rivals {
  readonly open: (folder: string) => readonly (() => Promise<Contestant>)[];
  readonly goal: number;
  readonly missing: string;
  readonly warmUps: number;
  readonly rounds: number;
}

function describeLosses(own: Series, other: Series): string {
  const difference = lossDifference(own.samples, other.samples);
  const agreement = difference <= LARGEST_LOSS_DIFFERENCE ? 'same losses' : 'LOSSES DIFFER';
  return `${agreement} as the engine, to ${difference.toExponential(1)}`;
}

async function measureSteps(kind: TrainingKind, sizes: ProblemSizes, rivals: Rivals, capSeconds: number) {
  const problem = makeProblem(kind, sizes);
  const stored = await writeProblem(problem);
  const contestants: Contestant[] = [];
  try {
    const { opened, notes } = await openRivals(rivals.open(stored.folder), rivals.missing);
    contestants.push(...opened);
    const { vocabSize, hidden, heads, keyHeads, mlp } = problem.config;
    notes.unshift(
      `${stepNames[kind]}: ${sizes.layers} layer${sizes.layers === 1 ? '' : 's'} of width ${hidden}, ${heads} heads on ${keyHeads}, MLP ${mlp}, vocabulary ${vocabSize}, batch ${sizes.batch} × ${sizes.time} tokens`,
    );
    // Rivals meet the engine one by one, so that one that fails or is very slow takes nothing from the others.
    const comparisons = [];
    for (const rival of opened) {
      const engine = await openEngineStep(problem); // a new one: both sides then make the same steps
      contestants.push(engine);
      try {
        const { warmUps, rounds } = rivals;
        const series = await interleave([engine, rival], { warmUps, rounds, timeCapSeconds: capSeconds });
        const [own, other] = series as [Series, Series];
        comparisons.push(comparisonOf(`${stepNames[kind]} / ${other.name}`, own, other, rivals.goal));
        notes.push(`${other.name}: ${other.details}; ${describeLosses(own, other)}`);
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

/** A training step of six layers against every PyTorch that is installed. */
export async function torchSection(kind: TrainingKind, options: BenchOptions): Promise<SectionReport> {
  const pythons = findTorchPythons();
  const rivals: Rivals = {
    open: (folder) => torchOpeners(pythons, 'lora_step.py', folder, options),
    goal: TORCH_GOAL,
    missing: torchHint,
    warmUps: 1,
    rounds: options.rounds,
  };
  const sizes = { ...torchSizes, threads: options.threads };
  return { name: kind, ...(await measureSteps(kind, sizes, rivals, options.capSeconds)) };
}

/** Steps of a smaller model against TensorFlow.js on WebAssembly. */
export async function tensorflowSection(options: BenchOptions): Promise<SectionReport> {
  const rivals: Rivals = {
    open: (folder) => [() => startNodePeer('tfjs-peer.js', [folder], options)],
    goal: TENSORFLOW_GOAL,
    missing: 'TensorFlow.js comes with the development dependencies: run `pnpm install`.',
    warmUps: 1,
    rounds: Math.min(options.rounds, 2),
  };
  const sizes = { ...tensorflowSizes, threads: options.threads };
  const reports = [];
  for (const kind of ['lora', 'full'] as const)
    reports.push(await measureSteps(kind, sizes, rivals, options.capSeconds));
  return {
    name: 'tensorflow',
    comparisons: reports.flatMap(({ comparisons }) => comparisons),
    notes: [
      'a smaller problem for both sides, since a large one takes minutes; nothing is extrapolated',
      ...reports.flatMap(({ notes }) => notes),
    ],
  };
}
