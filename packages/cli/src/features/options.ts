import type { ArgsDef } from 'citty';
import { CommandArguments } from '../arguments';
import { type ModelChoice, type OutputChoice, readModelChoice, readOutputChoice } from '../shared-options';

/** Components whose output can be written, in the order of the data's way. */
export const componentNames = ['face', 'scene', 'voice', 'video-adapter', 'audio-adapter', 'fusion'] as const;
export type FeatureComponent = (typeof componentNames)[number];

export const featureFormats = ['safetensors', 'npy'] as const;

/** The command line of `features`, checked. */
export interface FeatureOptions extends ModelChoice, OutputChoice {
  /** Files, folders and patterns; at least one. */
  readonly clips: readonly string[];
  readonly components: readonly FeatureComponent[];
  readonly format: (typeof featureFormats)[number];
  readonly out: string;
  readonly json: boolean;
}

/** @throws UsageError */
export function readFeatureOptions(
  clips: readonly string[],
  rawArgs: readonly string[],
  args: ArgsDef,
): FeatureOptions {
  const given = new CommandArguments('features', rawArgs, args);
  if (clips.length === 0) given.fail('there is no clip', 'Name a file, a folder or a pattern.', 'clips');
  return {
    clips,
    components: readComponents(given),
    format: given.oneOf('format', featureFormats, 'format') ?? 'safetensors',
    out: given.text('out') ?? '.',
    ...readModelChoice(given),
    json: given.flag('json'),
    ...readOutputChoice(given),
  };
}

function readComponents(given: CommandArguments): readonly FeatureComponent[] {
  const list = given.text('component');
  if (list === undefined) return componentNames;
  const wanted = list.split(',').map((name) => name.trim());
  const unknown = wanted.filter((name) => !(componentNames as readonly string[]).includes(name));
  if (unknown.length > 0) {
    given.fail(
      `--component: there is no component "${unknown.join('", "')}"`,
      `There are ${componentNames.join(', ')}.`,
      'component',
    );
  }
  return componentNames.filter((name) => wanted.includes(name));
}
