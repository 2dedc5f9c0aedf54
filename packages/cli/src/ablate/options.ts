import { join } from 'node:path';
import type { ArgsDef } from 'citty';
import { CommandArguments } from '../arguments';
import { commandText } from '../eval/options';
import { curriculumNames, readScale, trainingDevices } from '../train/options';

/** The command line of `ablate`, checked as far as that needs no part of the trainer. */
export interface AblateCommandOptions {
  readonly curricula: readonly (typeof curriculumNames)[number][];
  readonly ablations: readonly string[];
  readonly seeds: readonly number[];
  readonly stepsScale: number;
  readonly from?: string;
  readonly base?: string;
  readonly data?: string;
  readonly clips?: number;
  readonly limit?: number;
  readonly attentionClips?: number;
  readonly out: string;
  readonly cache?: string;
  readonly device: (typeof trainingDevices)[number];
  readonly threads?: number;
  /** As typed; recorded with every number. */
  readonly command: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

const MOST_SEEDS = 1000;

/** @throws UsageError */
export function readAblateOptions(
  positionals: readonly string[],
  rawArgs: readonly string[],
  args: ArgsDef,
): AblateCommandOptions {
  const given = new CommandArguments('ablate', rawArgs, args);
  const [stray] = positionals;
  if (stray !== undefined) given.fail(`"${stray}" belongs to no option`, 'Rows are named with options.', 'args');
  const [from, base, data, cache] = ['from', 'base', 'data', 'cache'].map((name) => given.text(name));
  if (from !== undefined && base !== undefined) {
    given.fail('--from and --base are both given', 'Start from a model or from a run.', 'base');
  }
  if (from !== undefined && data !== undefined) {
    given.fail('--data and --from are both given', '--data is for pretraining; leave one out.', 'data');
  }
  const [clips, limit] = [given.wholeNumber('clips', 7, 1_000_000), given.wholeNumber('limit', 1, 1_000_000)];
  const attentionClips = given.wholeNumber('attention', 0, 1_000_000);
  const threads = given.wholeNumber('threads', 1, 1024);
  const seeds = given.wholeNumber('seeds', 1, MOST_SEEDS) ?? 3;
  const ablations = namesIn(given.text('ablation') ?? '');
  return {
    curricula: readCurricula(given) ?? (ablations.length > 0 ? ['p2e'] : ['p2e', 'joint', 'reverse']),
    ablations,
    seeds: Array.from({ length: seeds }, (_, index) => index + 1),
    stepsScale: readScale(given),
    ...(from !== undefined && { from }),
    ...(base !== undefined && { base }),
    ...(data !== undefined && { data }),
    ...(clips !== undefined && { clips }),
    ...(limit !== undefined && { limit }),
    ...(attentionClips !== undefined && { attentionClips }),
    out: given.text('out') ?? join('runs', 'ablation'),
    ...(cache !== undefined && { cache }),
    device: given.oneOf('device', trainingDevices, 'device') ?? 'auto',
    ...(threads !== undefined && { threads }),
    command: commandText('ablate', rawArgs),
    json: given.flag('json'),
    quiet: given.flag('quiet'),
    verbose: given.flag('verbose'),
  };
}

function readCurricula(given: CommandArguments): AblateCommandOptions['curricula'] | undefined {
  const text = given.text('curriculum');
  if (text === undefined) return undefined;
  return namesIn(text).map((name) => {
    const known = curriculumNames.find((curriculum) => curriculum === name);
    return (
      known ??
      given.fail(
        `--curriculum: there is no curriculum "${name}"`,
        `There are ${curriculumNames.join(', ')}.`,
        'curriculum',
      )
    );
  });
}

const namesIn = (list: string): readonly string[] => [
  ...new Set(
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  ),
];
