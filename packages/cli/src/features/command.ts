import type { ArgsDef } from 'citty';
import type { DocumentedCommand } from '../documented-command';
import { listed, modelArguments, modelChoices, outputArguments } from '../shared-options';
import { componentNames, featureFormats, readFeatureOptions } from './options';

/** `nano-emox features`: clips in, tensors of any component out. Its definition alone loads no part of the model. */
export const featuresCommand: DocumentedCommand = {
  meta: {
    name: 'features',
    description: 'Writes what components of the model make of clips as tensors in files',
  },
  examples: [
    ['talk.mp4', 'everything, as talk.mp4.safetensors'],
    ['talks --component face,voice --out features', 'a file for each clip in a folder'],
    ['talk.mp4 --component fusion --format npy', 'a file for each tensor: talk.mp4.fusion.tokens.npy, …'],
    ['"talks/**/*.mp4" --json', 'names, shapes and files as one JSON document'],
  ],
  choices: { component: componentNames, format: featureFormats, ...modelChoices },
  args: {
    clips: {
      type: 'positional',
      required: false,
      description: 'Video or audio files, folders of them, patterns such as "talks/*.mp4"',
    },
    component: {
      type: 'string',
      valueHint: 'list',
      description: `Some of ${componentNames.join(',')} (Default: all)`,
    },
    format: { type: 'string', valueHint: 'name', description: `${listed(featureFormats)} (Default: safetensors)` },
    out: { type: 'string', valueHint: 'folder', description: 'Where the files go (Default: here)' },
    ...modelArguments,
    json: { type: 'boolean', description: 'Print one JSON document instead of a line for each clip' },
    ...outputArguments,
  },
  async run({ args, rawArgs, cmd }) {
    const options = readFeatureOptions(args._, rawArgs, cmd.args as ArgsDef);
    const { writeFeatures } = await import('./write-features');
    return writeFeatures(options, process);
  },
};
