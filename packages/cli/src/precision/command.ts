import type { ArgsDef } from 'citty';
import type { DocumentedCommand } from '../documented-command';
import { modelArguments, modelChoices, outputArguments, wordsArguments } from '../shared-options';
import { comparedPrecisions, readPrecisionOptions } from './options';

const { precision: _, ...arguments_ } = modelArguments;
const { precision: __, ...choices } = modelChoices;

/** `nano-emox precision`: what fewer bits change in a model's results. Its definition alone loads no part of the model. */
export const precisionCommand: DocumentedCommand = {
  meta: {
    name: 'precision',
    description: 'Measures what fewer bits change: features and logits of int8, int4 or float16 beside float32',
  },
  examples: [
    ['', 'the sample clip, int8 and int4'],
    ['talk.mp4 --model model', 'a clip and a model of your own'],
    ['--device cuda --precisions float16', 'on a graphics processor'],
    ['--json', 'one JSON document'],
  ],
  choices,
  args: {
    clip: {
      type: 'positional',
      required: false,
      description: 'Video or audio file; the sample clip when there is none',
    },
    precisions: {
      type: 'string',
      valueHint: 'list',
      description: `Of ${comparedPrecisions.join(', ')} (Default: int8,int4; float16 on a graphics processor)`,
    },
    ...wordsArguments,
    ...arguments_,
    json: { type: 'boolean', description: 'Print one JSON document instead of the tables' },
    ...outputArguments,
  },
  async run({ args, rawArgs, cmd }) {
    const options = readPrecisionOptions(args._, rawArgs, cmd.args as ArgsDef);
    const { runPrecision } = await import('./run-precision');
    return runPrecision(options, process);
  },
};
