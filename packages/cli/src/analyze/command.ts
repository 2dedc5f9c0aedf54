import { taskIds } from '@nano-emox/tasks';
import type { ArgsDef, CommandDef } from 'citty';
import { readOptions } from './options';

/** `nano-emox analyze`: clips in, a report or a JSON document out. Its definition alone loads no part of the model. */
export const analyzeCommand: CommandDef = {
  meta: {
    name: 'analyze',
    description: 'Answers the six questions of the model about video clips of a person speaking',
  },
  args: {
    clips: {
      type: 'positional',
      required: false,
      description:
        'Video or audio files, folders of them, patterns such as "talks/*.mp4"; the sample clip when there are none',
    },
    words: { type: 'string', valueHint: 'text', description: 'What is said in the clip; "" for nothing' },
    'words-file': {
      type: 'string',
      valueHint: 'file',
      description:
        'The same from a .txt, .srt or .vtt file; one beside the clip with its base name is found without this',
    },
    tasks: { type: 'string', valueHint: 'list', description: `Some of ${taskIds.join(',')} (Default: all)` },
    model: { type: 'string', valueHint: 'folder', description: 'Folder of a model, or tiny (Default: tiny)' },
    device: { type: 'string', valueHint: 'name', description: 'auto, cpu, cuda, webgpu, wasm or tfjs (Default: auto)' },
    threads: { type: 'string', valueHint: 'number', description: 'Threads to compute with (Default: all)' },
    json: { type: 'boolean', description: 'Print one JSON document instead of the report' },
    jsonl: { type: 'boolean', description: 'Print one JSON document a line, each as soon as its clip is done' },
    html: { type: 'string', valueHint: 'file', description: 'Write a report with pictures as one HTML file, too' },
    quiet: { type: 'boolean', description: 'No progress; standard error is for errors alone' },
    verbose: { type: 'boolean', description: 'Print stack traces with errors' },
  },
  async run({ args, rawArgs, cmd }) {
    const options = readOptions(args._, rawArgs, cmd.args as ArgsDef);
    const { analyzeClips } = await import('./analyze-clips');
    return analyzeClips(options, { stdout: process.stdout, stderr: process.stderr });
  },
};
