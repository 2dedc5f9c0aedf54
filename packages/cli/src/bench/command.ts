import type { ArgsDef } from 'citty';
import type { DocumentedCommand } from '../documented-command';
import { modelArguments, modelChoices, outputArguments, wordsArguments } from '../shared-options';
import { DEFAULT_RUNS, readBenchOptions } from './options';

/** `nano-emox bench`: how fast the model is on this machine. Its definition alone loads no part of the model. */
export const benchCommand: DocumentedCommand = {
  meta: {
    name: 'bench',
    description: 'Measures how fast the model is here: loading, every step of an analysis, tokens, memory',
  },
  examples: [
    ['', 'the sample clip, on what works best'],
    ['talk.mp4 --runs 20', 'a clip of your own, twenty times'],
    ['--device wasm --threads 1', 'another device'],
    ['--json > bench.json', 'one JSON document, to compare machines or versions'],
  ],
  choices: modelChoices,
  args: {
    clip: {
      type: 'positional',
      required: false,
      description: 'Video or audio file; the sample clip when there is none',
    },
    runs: {
      type: 'string',
      valueHint: 'number',
      description: `Measured runs, after one to warm up (Default: ${DEFAULT_RUNS})`,
    },
    ...wordsArguments,
    ...modelArguments,
    json: { type: 'boolean', description: 'Print one JSON document instead of the tables' },
    ...outputArguments,
  },
  async run({ args, rawArgs, cmd }) {
    const options = readBenchOptions(args._, rawArgs, cmd.args as ArgsDef);
    const { runBench } = await import('./run-bench');
    return runBench(options, process);
  },
};
