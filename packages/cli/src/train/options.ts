import { basename, join, resolve } from 'node:path';
import type { ArgsDef } from 'citty';
import { CommandArguments } from '../arguments';

export const curriculumNames = ['p2e', 'joint', 'reverse', 'p2e-released'] as const;
/** Devices that can train. */
export const trainingDevices = ['auto', 'cpu', 'tfjs'] as const;
export const presetNames = ['tiny'] as const;

/** What is trained from: the recipe of a preset, or a model and corpora. */
export type TrainingMaterial =
  | {
      readonly kind: 'preset';
      readonly data?: string;
      readonly clips?: number;
      /** Table of a teacher's opinions of the faces in `data`. */
      readonly faceTeacher?: string;
    }
  | { readonly kind: 'corpora'; readonly from: string; readonly dataSets: readonly NamedFolder[] };

export interface NamedFolder {
  readonly name: string;
  readonly folder: string;
}

/** The command line of `train`, checked as far as that needs no part of the trainer. */
export interface TrainOptions {
  readonly material: TrainingMaterial;
  readonly curriculum?: (typeof curriculumNames)[number];
  readonly ablation?: string;
  readonly out: string;
  readonly cache?: string;
  readonly seed: number;
  readonly stepsScale: number;
  readonly patience?: number;
  readonly device: (typeof trainingDevices)[number];
  readonly threads?: number;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** @throws UsageError */
export function readTrainOptions(
  positionals: readonly string[],
  rawArgs: readonly string[],
  args: ArgsDef,
): TrainOptions {
  const given = new CommandArguments('train', rawArgs, args);
  const [stray] = positionals;
  if (stray !== undefined) {
    given.fail(
      `"${stray}" belongs to no option`,
      'Data are named with --dataset name=folder or --data folder.',
      'args',
    );
  }
  const curriculum = given.oneOf('curriculum', curriculumNames, 'curriculum');
  const ablation = given.text('ablation');
  const material = readMaterial(given);
  const seed = given.wholeNumber('seed', 0, 2 ** 32 - 1) ?? 1;
  const patience = given.wholeNumber('patience', 1, 1_000_000);
  const [cache, threads] = [given.text('cache'), given.wholeNumber('threads', 1, 1024)];
  const subject = material.kind === 'preset' ? 'tiny' : basename(resolve(material.from));
  const names = [subject, curriculum ?? (ablation ? '' : 'p2e'), ablation ?? '', `seed-${seed}`];
  return {
    material,
    ...(curriculum && { curriculum }),
    ...(ablation !== undefined && { ablation }),
    out: given.text('out') ?? join('runs', names.filter((name) => name !== '').join('-')),
    ...(cache !== undefined && { cache }),
    seed,
    stepsScale: readScale(given),
    ...(patience !== undefined && { patience }),
    device: given.oneOf('device', trainingDevices, 'device') ?? 'auto',
    ...(threads !== undefined && { threads }),
    json: given.flag('json'),
    quiet: given.flag('quiet'),
    verbose: given.flag('verbose'),
  };
}

function readMaterial(given: CommandArguments): TrainingMaterial {
  const from = given.text('from');
  const dataSets = given.texts('dataset').map((text) => readNamedFolder(given, text));
  if (from === undefined) {
    if (dataSets.length > 0) {
      given.fail(
        '--dataset needs a model to start from',
        'Add --from tiny, or --from and the folder of a model.',
        'from',
      );
    }
    given.oneOf('preset', presetNames, 'preset');
    const [data, clips] = [given.text('data'), given.wholeNumber('clips', 7, 1_000_000)];
    const faceTeacher = given.text('face-teacher');
    if (faceTeacher !== undefined && data === undefined) {
      given.fail('--face-teacher speaks of the faces of FER2013', 'Add --data and the folder that holds them.', 'data');
    }
    return {
      kind: 'preset',
      ...(data !== undefined && { data }),
      ...(clips !== undefined && { clips }),
      ...(faceTeacher !== undefined && { faceTeacher }),
    };
  }
  if (dataSets.length === 0) {
    given.fail('--from needs data to train on', 'Add --dataset name=folder, once for each corpus.', 'dataset');
  }
  for (const name of ['preset', 'data', 'clips', 'face-teacher']) {
    if (given.text(name) === undefined) continue;
    given.fail(`--${name} and --from are both given`, `--${name} is for training from nothing; leave one out.`, name);
  }
  return { kind: 'corpora', from, dataSets };
}

/** `name=folder`. @throws UsageError */
export function readNamedFolder(given: CommandArguments, text: string): NamedFolder {
  const [, name, folder] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name && folder) return { name, folder };
  return given.fail(`--dataset is "${text}"`, 'Write --dataset name=folder, such as meld=data/MELD.', 'dataset');
}

/** The factor of `--steps-scale`. @throws UsageError */
export function readScale(given: CommandArguments): number {
  const text = given.text('steps-scale');
  if (text === undefined) return 1;
  const scale = Number(text);
  if (text !== '' && Number.isFinite(scale) && scale > 0) return scale;
  return given.fail(`--steps-scale is "${text}"`, 'Pass a factor above 0, such as 0.1.', 'steps-scale');
}
