import { taskIds } from '@nano-emox/tasks';
import type { ArgsDef } from 'citty';
import type { DocumentedCommand } from '../documented-command';
import { modelArguments, modelDevices, outputArguments, wordsArguments } from '../shared-options';
import { readOptions } from './options';

/** `nano-emox analyze`: clips in, a report or a JSON document out. Its definition alone loads no part of the model. */
export const analyzeCommand: DocumentedCommand = {
  meta: {
    name: 'analyze',
    description: 'Answers the six questions of the model about video clips of a person speaking',
  },
  examples: [
    ['', 'the sample clip that comes along'],
    ['talk.mp4 --words "I passed!"', 'a clip of your own, with what is said in it'],
    ['talks "more/**/*.mp4" --jsonl', 'folders and patterns, a JSON document a line'],
    ['talk.mp4 --tasks mer,erg --html report.html', 'two of the questions, and a page with pictures'],
  ],
  choices: { tasks: taskIds, device: modelDevices, model: ['tiny'] },
  args: {
    clips: {
      type: 'positional',
      required: false,
      description:
        'Video or audio files, folders of them, patterns such as "talks/*.mp4"; the sample clip when there are none',
    },
    ...wordsArguments,
    tasks: { type: 'string', valueHint: 'list', description: `Some of ${taskIds.join(',')} (Default: all)` },
    ...modelArguments,
    json: { type: 'boolean', description: 'Print one JSON document instead of the report' },
    jsonl: { type: 'boolean', description: 'Print one JSON document a line, each as soon as its clip is done' },
    timeline: { type: 'boolean', description: 'Tell how the emotion goes along the clip, too, moment by moment' },
    html: { type: 'string', valueHint: 'file', description: 'Write a report with pictures as one HTML file, too' },
    attention: { type: 'boolean', description: 'Show there how unevenly the model attends to words and to the clip' },
    ...outputArguments,
  },
  async run({ args, rawArgs, cmd }) {
    const options = readOptions(args._, rawArgs, cmd.args as ArgsDef);
    const { analyzeClips } = await import('./analyze-clips');
    return analyzeClips(options, { stdout: process.stdout, stderr: process.stderr });
  },
};
