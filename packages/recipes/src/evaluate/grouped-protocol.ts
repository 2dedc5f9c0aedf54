import { deriveSeed, Random } from '@nano-emox/engine';
import { classificationScore } from '@nano-emox/tasks/metrics';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { type LinearProbeOptions, type ProbeSamples, trainLinearProbe } from './linear-probe';

/** Feature vectors with class and speaker. */
export interface GroupedSamples extends ProbeSamples {
  /** Of each sample: who speaks. No speaker is ever on both sides of a test. */
  readonly groups: readonly string[];
}

/** Speakers to train on and speakers to test on. */
export interface GroupSplit {
  readonly train: readonly string[];
  readonly test: readonly string[];
}

/** Options of {@link evaluateByGroup}. */
export interface GroupedProtocolOptions extends Omit<LinearProbeOptions, 'weightDecay'> {
  /** Decays to choose among. @default 0.003, 0.03, 0.3, 3 */
  readonly weightDecays?: readonly number[];
}

/** What a protocol measures on its test samples. */
export interface GroupedScore {
  /** Share of all test samples that are told rightly. */
  readonly accuracy: number;
  /** Mean recall of the classes, also called unweighted accuracy. */
  readonly balancedAccuracy: number;
  readonly macroF1: number;
  /** Test samples. */
  readonly count: number;
  /** Speakers tested. */
  readonly groups: number;
}

const usualDecays = [0.003, 0.03, 0.3, 3] as const;
/** Part of the training speakers by which the decay is chosen. */
const VALIDATION_SHARE = 0.2;

/**
 * Tests a linear probe on speakers that it has not heard, split after split. In each, the regularisation is chosen on some of
 * the training speakers, held out for it, and the probe is then trained on all of them; the test speakers decide nothing.
 * @throws InvalidArgumentError when a split has less than two training speakers or nothing to test; AbortedError
 */
export async function evaluateByGroup(
  samples: GroupedSamples,
  splits: readonly GroupSplit[],
  options: GroupedProtocolOptions,
): Promise<GroupedScore> {
  const gold: string[] = [];
  const predictions: string[] = [];
  const tested = new Set<string>();
  for (const [index, split] of splits.entries()) {
    const test = samplesOf(samples, split.test);
    requireSplit(split, test);
    const seed = deriveSeed(options.seed, `split ${index}`);
    const weightDecay = await chooseDecay(...heldOutSpeakers(samples, split.train, seed), { ...options, seed });
    const probe = await trainLinearProbe(samplesOf(samples, split.train), { ...options, seed, weightDecay });
    test.features.forEach((features, row) => {
      gold.push(String(test.labels[row]));
      predictions.push(String(probe(features)));
    });
    for (const group of test.groups) tested.add(group);
  }
  const { accuracy, macroF1, perClass } = classificationScore(gold, predictions);
  const recalls = Object.values(perClass).filter(({ support }) => support > 0);
  const balancedAccuracy = recalls.reduce((sum, { recall }) => sum + recall, 0) / recalls.length;
  return { accuracy, balancedAccuracy, macroF1, count: gold.length, groups: tested.size };
}

/** Every speaker once alone on the test side. */
export function leaveOneGroupOut(groups: readonly string[]): GroupSplit[] {
  const all = [...new Set(groups)].sort();
  return all.map((group) => ({ train: all.filter((other) => other !== group), test: [group] }));
}

/** Speakers in `count` parts drawn from the seed, each part once on the test side. */
export function groupFolds(groups: readonly string[], count: number, seed: number): GroupSplit[] {
  const all = new Random(seed).shuffle([...new Set(groups)].sort());
  return Array.from({ length: count }, (_, fold) => ({
    train: all.filter((_group, index) => index % count !== fold),
    test: all.filter((_group, index) => index % count === fold),
  }));
}

/** The decay that does best on validation samples; of equals the strongest. */
export async function chooseDecay(
  train: ProbeSamples,
  validation: ProbeSamples,
  options: GroupedProtocolOptions,
): Promise<number> {
  const { weightDecays = usualDecays } = options;
  let best = { weightDecay: weightDecays[0] ?? 0, hits: -1 };
  for (const weightDecay of weightDecays) {
    const probe = await trainLinearProbe(train, { ...options, weightDecay });
    const hits = validation.features.filter((features, row) => probe(features) === validation.labels[row]).length;
    if (hits >= best.hits) best = { weightDecay, hits };
  }
  return best.weightDecay;
}

/** Some of the training speakers, held out from the others to choose by. */
function heldOutSpeakers(samples: GroupedSamples, groups: readonly string[], seed: number) {
  const shuffled = new Random(seed).shuffle([...groups]);
  const count = Math.max(1, Math.round(VALIDATION_SHARE * shuffled.length));
  return [samplesOf(samples, shuffled.slice(count)), samplesOf(samples, shuffled.slice(0, count))] as const;
}

function samplesOf({ features, labels, groups }: GroupedSamples, wanted: readonly string[]): GroupedSamples {
  const names = new Set(wanted);
  const rows = groups.flatMap((group, row) => (names.has(group) ? [row] : []));
  return {
    features: rows.map((row) => features[row] as Float32Array),
    labels: rows.map((row) => labels[row] as number),
    groups: rows.map((row) => groups[row] as string),
  };
}

function requireSplit({ train, test }: GroupSplit, tested: GroupedSamples): void {
  const shared = train.find((group) => test.includes(group));
  if (train.length >= 2 && tested.labels.length > 0 && shared === undefined) return;
  throw new InvalidArgumentError({
    message:
      shared === undefined
        ? `evaluateByGroup: a split has ${train.length} training speakers and ${tested.labels.length} test samples`
        : `evaluateByGroup: ${shared} is on both sides of a split`,
    hint: 'Pass at least two speakers to train on and another to test on.',
    argument: 'splits',
  });
}
