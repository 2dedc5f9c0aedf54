import { type AnyTaskId, allTaskIds } from '@nano-emox/tasks';
import type { ArgsDef } from 'citty';
import { readTasksOf } from '../analyze/options';
import { CommandArguments } from '../arguments';
import { modelDevices } from '../shared-options';
import { type NamedFolder, readNamedFolder } from '../train/options';

/** What is scored: a file, or what a model answers. */
export type EvaluationSubject =
  | { readonly kind: 'predictions'; readonly file: string }
  | {
      readonly kind: 'model';
      readonly model: string;
      readonly limit?: number;
      readonly wordsOnly: boolean;
      readonly out?: string;
      readonly cache?: string;
      readonly device: (typeof modelDevices)[number];
      readonly threads?: number;
    };

/** The command line of `eval`, checked as far as that needs neither data nor model. */
export interface EvalOptions {
  readonly dataSet: NamedFolder & { readonly split?: string };
  readonly subject: EvaluationSubject;
  readonly tasks?: readonly AnyTaskId[];
  readonly wheels?: string;
  readonly judge?: { readonly endpoint: string; readonly model: string };
  /** As typed; recorded with every number. */
  readonly command: string;
  readonly format: 'text' | 'json' | 'markdown';
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** Options that only make sense when a model is asked. */
const modelOptions = ['limit', 'words-only', 'out', 'cache', 'device', 'threads'] as const;

/** @throws UsageError */
export function readEvalOptions(
  positionals: readonly string[],
  rawArgs: readonly string[],
  args: ArgsDef,
): EvalOptions {
  const given = new CommandArguments('eval', rawArgs, args);
  const [stray] = positionals;
  if (stray !== undefined) given.fail(`"${stray}" belongs to no option`, 'Files are named with options.', 'args');
  const dataSets = given.texts('dataset');
  if (dataSets.length !== 1) {
    given.fail(
      dataSets.length === 0 ? 'there is no data set to score on' : 'several data sets are given',
      'Write --dataset name=folder, once.',
      'dataset',
    );
  }
  const [split, tasks, wheels] = [given.text('split'), readTasksOf(allTaskIds, given), given.text('wheels')];
  const judge = readJudge(given);
  const json = given.flag('json');
  if (json && given.flag('markdown')) {
    given.fail('--json and --markdown are both given', 'Leave one of them out.', 'markdown');
  }
  return {
    dataSet: { ...readNamedFolder(given, dataSets[0] as string), ...(split !== undefined && { split }) },
    subject: readSubject(given),
    ...(tasks && { tasks }),
    ...(wheels !== undefined && { wheels }),
    ...(judge && { judge }),
    command: commandText('eval', rawArgs),
    format: json ? 'json' : given.flag('markdown') ? 'markdown' : 'text',
    json,
    quiet: given.flag('quiet'),
    verbose: given.flag('verbose'),
  };
}

/** A command as it was typed, arguments with spaces in quotes. */
export const commandText = (name: string, rawArgs: readonly string[]): string =>
  [
    'nano-emox',
    name,
    ...rawArgs.map((argument) => (/[\s"'|]/.test(argument) ? JSON.stringify(argument) : argument)),
  ].join(' ');

function readSubject(given: CommandArguments): EvaluationSubject {
  const [file, model] = [given.text('predictions'), given.text('model')];
  if ((file === undefined) === (model === undefined)) {
    given.fail(
      file === undefined ? 'there is nothing to score' : '--predictions and --model are both given',
      'Pass --predictions and a file, or --model and a folder or tiny.',
      'predictions',
    );
  }
  if (file !== undefined) {
    const odd = modelOptions.find((name) => given.text(name) !== undefined || given.flag(name));
    if (odd !== undefined) given.fail(`--${odd} is for asking a model`, 'Leave it out, or pass --model.', odd);
    return { kind: 'predictions', file };
  }
  const [limit, threads] = [given.wholeNumber('limit', 1, 1_000_000_000), given.wholeNumber('threads', 1, 1024)];
  const [out, cache] = [given.text('out'), given.text('cache')];
  return {
    kind: 'model',
    model: model as string,
    wordsOnly: given.flag('words-only'),
    device: given.oneOf('device', modelDevices, 'device') ?? 'auto',
    ...(limit !== undefined && { limit }),
    ...(out !== undefined && { out }),
    ...(cache !== undefined && { cache }),
    ...(threads !== undefined && { threads }),
  };
}

function readJudge(given: CommandArguments): EvalOptions['judge'] {
  const [endpoint, model] = [given.text('judge-endpoint'), given.text('judge-model')];
  if (endpoint !== undefined && model !== undefined) return { endpoint, model };
  if (endpoint === undefined && model === undefined) return undefined;
  return given.fail(
    '--judge-endpoint and --judge-model belong together',
    'Pass the address of the service and the name of its model.',
    endpoint === undefined ? 'judge-endpoint' : 'judge-model',
  );
}
