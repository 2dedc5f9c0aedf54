import { taskIds } from '@nano-emox/tasks';
import type { ArgsDef } from 'citty';
import type { DocumentedCommand } from '../documented-command';
import { modelArguments, modelChoices, outputArguments, wordsArguments } from '../shared-options';
import { readAttentionOptions } from './options';

/** `nano-emox attention`: a clip in, MODA's attention diagnostics out. Its definition alone loads no part of the model. */
export const attentionCommand: DocumentedCommand = {
  meta: {
    name: 'attention',
    description: 'Measures layer by layer how unevenly the language model attends to words and to a clip',
  },
  examples: [
    ['', 'the sample clip'],
    ['talk.mp4 --task erg', 'while it reads the question for an empathic answer'],
    ['talk.mp4 --answer happy', 'the answer counted in, as text'],
    ['talk.mp4 --html attention.html', 'with a plot, as one HTML file'],
  ],
  choices: { task: taskIds, ...modelChoices },
  args: {
    clip: {
      type: 'positional',
      required: false,
      description: 'Video or audio file; the sample clip when there is none',
    },
    ...wordsArguments,
    task: {
      type: 'string',
      valueHint: 'name',
      description: `Question that is read, one of ${taskIds.join(',')} (Default: mer)`,
    },
    answer: { type: 'string', valueHint: 'text', description: 'Text that is read as the answer (Default: none)' },
    ...modelArguments,
    json: { type: 'boolean', description: 'Print one JSON document instead of the table' },
    html: { type: 'string', valueHint: 'file', description: 'Write table and plot as one HTML file, too' },
    ...outputArguments,
  },
  async run({ args, rawArgs, cmd }) {
    const options = readAttentionOptions(args._, rawArgs, cmd.args as ArgsDef);
    const { runAttention } = await import('./run-attention');
    return runAttention(options, process);
  },
};
