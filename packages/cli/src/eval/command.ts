import { allTaskIds } from '@nano-emox/tasks';
import type { ArgsDef } from 'citty';
import type { DocumentedCommand } from '../documented-command';
import { modelDevices } from '../shared-options';
import { readEvalOptions } from './options';

/** `nano-emox eval`: predictions or a model, and a data set in; scores out. Scoring predictions loads no model and no runtime. */
export const evalCommand: DocumentedCommand = {
  meta: {
    name: 'eval',
    description: 'Scores predictions of any system, or a model, on a data set by the metrics of the field',
  },
  examples: [
    ['--dataset mintrec=data/MIntRec --predictions mine.csv', 'columns id, task, prediction; no model needed'],
    ['--dataset meld=data/MELD --model tiny --out answers.jsonl', 'ask a model, keep its answers, score them'],
    ['--dataset meld=data/MELD --model tiny --words-only --limit 100', 'the words alone, of the first 100 rows'],
    ['--dataset semeval2018-v-oc=data/SemEval --predictions mine.csv', 'affect of texts'],
    ['--dataset ov-merd=data/OV --predictions mine.jsonl --wheels wheels', 'with the published emotion wheels'],
  ],
  choices: { tasks: allTaskIds, device: modelDevices, model: ['tiny'] },
  args: {
    dataset: {
      type: 'string',
      valueHint: 'name=folder',
      description: 'What to score on; a name that is not known needs a dataset.json in the folder',
    },
    split: { type: 'string', valueHint: 'name', description: 'Part of the data set (Default: test, else its last)' },
    predictions: {
      type: 'string',
      valueHint: 'file',
      description:
        'CSV, TSV or JSON Lines: id, task, prediction and perhaps confidence; or id and a column for each task',
    },
    model: { type: 'string', valueHint: 'folder', description: 'Model to ask instead, or tiny' },
    tasks: {
      type: 'string',
      valueHint: 'list',
      description: `Some of ${allTaskIds.join(',')} (Default: all there are)`,
    },
    limit: { type: 'string', valueHint: 'number', description: 'Rows to ask a model about (Default: all)' },
    'words-only': { type: 'boolean', description: 'Ask a model by the words alone; no clip is read' },
    out: {
      type: 'string',
      valueHint: 'file',
      description: 'Keep the answers of a model as JSON Lines; a run that was stopped continues from them',
    },
    cache: { type: 'string', valueHint: 'folder', description: 'Keep the features of the clips (Default: not kept)' },
    wheels: {
      type: 'string',
      valueHint: 'folder',
      description: 'Emotion wheels in the published layout (Default: own)',
    },
    'judge-endpoint': {
      type: 'string',
      valueHint: 'url',
      description: 'OpenAI-compatible service that judges reasoning (Default: local rules)',
    },
    'judge-model': {
      type: 'string',
      valueHint: 'name',
      description: 'Its model; the key is read from NANO_EMOX_JUDGE_KEY',
    },
    device: { type: 'string', valueHint: 'name', description: 'auto, cpu, cuda, webgpu, wasm or tfjs (Default: auto)' },
    threads: { type: 'string', valueHint: 'number', description: 'Threads to compute with (Default: all)' },
    json: { type: 'boolean', description: 'Print one JSON document instead of tables' },
    markdown: { type: 'boolean', description: 'Print one Markdown table with the origin of every number' },
    quiet: { type: 'boolean', description: 'No progress and no warnings; standard error is for errors alone' },
    verbose: { type: 'boolean', description: 'Print stack traces with errors' },
  },
  async run({ args, rawArgs, cmd }) {
    const options = readEvalOptions(args._, rawArgs, cmd.args as ArgsDef);
    const { runEvaluation } = await import('./run-evaluation');
    return runEvaluation(options, { stdout: process.stdout, stderr: process.stderr });
  },
};
