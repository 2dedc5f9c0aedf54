import { dirname } from 'node:path';
import { ablations, type CurriculumName, type ModelChanges } from '@nano-emox/p2e';
import { type CorpusTrainingEvent, type TinyEvent, trainOnCorpora, trainTinyFromNothing } from '@nano-emox/recipes';
import { type ExitCode, exitCodes } from '../exit-codes';
import type { CommandOutput } from '../interruptible';
import { Interruption } from '../interruption';
import { describeError, formatError } from '../print-error';
import { UsageError } from '../usage-error';
import type { TrainOptions } from './options';
import { TrainingLine } from './training-line';

/** Everything that can happen in a training. */
export type TrainingProgressEvent = TinyEvent | CorpusTrainingEvent;

/**
 * Trains, telling on standard error how far it is, and prints where the model lies. After Ctrl-C a checkpoint is written first.
 * @returns the exit code of the program
 * @throws UsageError for an ablation that is none
 */
export async function runTraining(options: TrainOptions, output: CommandOutput): Promise<ExitCode> {
  const plan = readPlan(options);
  const line = new TrainingLine(output.stderr, options);
  const interruption = new Interruption();
  const { signal } = interruption;
  const onEvent = (event: TrainingProgressEvent) => {
    if (options.json) output.stdout.write(`${JSON.stringify(event)}\n`);
    line.show(event);
  };
  try {
    const { modelFolder } = await train(options, plan, onEvent, signal);
    line.clear();
    output.stdout.write(
      options.json ? `${JSON.stringify({ type: 'train-end', modelFolder })}\n` : summary(modelFolder),
    );
    return exitCodes.ok;
  } catch (error) {
    line.clear();
    if (interruption.exitCode !== undefined) {
      output.stderr.write(`Stopped; what was done is kept in ${options.out}. The same command continues.\n`);
      return interruption.exitCode;
    }
    if (options.json) output.stdout.write(`${JSON.stringify({ type: 'error', ...describeError(error) })}\n`);
    output.stderr.write(formatError(error, options));
    return exitCodes.failed;
  } finally {
    interruption.dispose();
  }
}

interface Plan {
  readonly curriculum: CurriculumName;
  readonly changes: ModelChanges;
}

/** An ablation brings a curriculum or changes of the model. */
function readPlan({ ablation: name, curriculum }: TrainOptions): Plan {
  const ablation = name === undefined ? undefined : Object.hasOwn(ablations, name) ? ablations[name] : null;
  if (ablation === null) {
    throw new UsageError({
      message: `--ablation: there is no ablation "${name}"`,
      hint: `There are ${Object.keys(ablations).join(', ')}.`,
      argument: 'ablation',
    });
  }
  if (ablation?.curriculum && curriculum && curriculum !== ablation.curriculum) {
    throw new UsageError({
      message: `--curriculum ${curriculum} and --ablation ${name} ask for different curricula`,
      hint: 'Leave one of them out.',
      argument: 'curriculum',
    });
  }
  return { curriculum: curriculum ?? ablation?.curriculum ?? 'p2e', changes: ablation?.model ?? {} };
}

async function train(
  { material, out, cache, seed, stepsScale, patience, device, threads }: TrainOptions,
  plan: Plan,
  onEvent: (event: TrainingProgressEvent) => void,
  signal: AbortSignal,
): Promise<{ readonly modelFolder: string }> {
  const shared = {
    ...plan,
    ...{ runFolder: out, seed, stepsScale, device, onEvent, signal },
    ...(patience !== undefined && { patience }),
    ...(threads !== undefined && { threads }),
    ...(cache !== undefined && { cacheFolder: cache }),
  };
  if (material.kind === 'corpora') {
    const { dataSets, from } = material;
    // As for `analyze --model`: `tiny` is the preset, `./tiny` a folder of that name.
    const folder = from === 'tiny' ? (await import('@nano-emox/weights-tiny')).folder : from;
    return trainOnCorpora({ ...shared, from: folder, dataSets });
  }
  const { data, clips, faceTeacher } = material;
  return trainTinyFromNothing({
    ...shared,
    ...(data !== undefined && { dataFolder: data }),
    ...(faceTeacher !== undefined && { faceTeacher }),
    ...(clips !== undefined && { clips: { train: clips, validation: Math.max(7, Math.round(clips / 10)) } }),
  });
}

function summary(modelFolder: string): string {
  return `Model   ${modelFolder}
Report  ${dirname(modelFolder)}/report.html
Use it  nano-emox analyze talk.mp4 --model ${modelFolder}
`;
}
