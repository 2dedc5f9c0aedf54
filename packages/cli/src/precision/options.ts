import type { Precision } from '@nano-emox/engine';
import type { ArgsDef } from 'citty';
import { CommandArguments } from '../arguments';
import {
  type ModelChoice,
  type modelDevices,
  type OutputChoice,
  readModelChoice,
  readOutputChoice,
  readWordsChoice,
  type WordsChoice,
} from '../shared-options';

/** What is compared with float32; float16 is for graphics processors. */
export const comparedPrecisions = ['int8', 'int4', 'float16'] as const satisfies readonly Precision[];
export type ComparedPrecision = (typeof comparedPrecisions)[number];

/** The command line of `precision`, checked. */
export interface PrecisionOptions extends Omit<ModelChoice, 'precision'>, WordsChoice, OutputChoice {
  /** Undefined for the sample clip. */
  readonly clip?: string;
  readonly precisions: readonly ComparedPrecision[];
  readonly json: boolean;
}

const gpuDevices: readonly string[] = ['cuda', 'webgpu'] satisfies readonly (typeof modelDevices)[number][];

/** @throws UsageError */
export function readPrecisionOptions(
  clips: readonly string[],
  rawArgs: readonly string[],
  args: ArgsDef,
): PrecisionOptions {
  const given = new CommandArguments('precision', rawArgs, args);
  const [clip] = clips;
  if (clips.length > 1) given.fail('there are several clips', 'Measure with one at a time.', 'clip');
  const { model, device, threads } = readModelChoice(given);
  const isGpu = gpuDevices.includes(device);
  const precisions = readPrecisions(given) ?? (isGpu ? ['float16'] : ['int8', 'int4']);
  if (precisions.includes('float16') && !isGpu) {
    given.fail('float16 is for graphics processors', `Add --device ${gpuDevices.join(' or ')}.`, 'precisions');
  }
  return {
    ...(clip !== undefined && { clip }),
    precisions,
    ...readWordsChoice(given),
    model,
    device,
    ...(threads !== undefined && { threads }),
    json: given.flag('json'),
    ...readOutputChoice(given),
  };
}

function readPrecisions(given: CommandArguments): readonly ComparedPrecision[] | undefined {
  const names = given.text('precisions')?.split(',');
  return names?.map((name) => {
    const known = comparedPrecisions.find((precision) => precision === name.trim());
    return (
      known ??
      given.fail(`--precisions: "${name}" is not compared`, `There are ${comparedPrecisions.join(', ')}.`, 'precisions')
    );
  });
}
