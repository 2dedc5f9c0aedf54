import type { ArgsDef } from 'citty';
import type { DocumentedCommand } from '../documented-command';
import { modelArguments, modelChoices, outputArguments } from '../shared-options';
import { DEFAULT_PORT, readServeOptions } from './options';

/** `nano-emox serve`: the model behind HTTP. Its definition alone loads no part of the model and no server. */
export const serveCommand: DocumentedCommand = {
  meta: {
    name: 'serve',
    description: 'Answers over HTTP on this machine: a clip in, JSON or server-sent events out',
  },
  examples: [
    ['', `at http://127.0.0.1:${DEFAULT_PORT}`],
    ['--port 0 --threads 4', 'at any free port, which is printed'],
    ['--max-upload 16 --time-limit 20 --running 1 --waiting 2', 'clips up to 16 MiB, 20 s each, one after the other'],
  ],
  choices: modelChoices,
  args: {
    port: { type: 'string', valueHint: 'number', description: `0 for any free one (Default: ${DEFAULT_PORT})` },
    host: {
      type: 'string',
      valueHint: 'address',
      description: 'Who may reach it: 127.0.0.1 is this machine alone (Default: 127.0.0.1)',
    },
    'max-upload': { type: 'string', valueHint: 'MiB', description: 'Largest clip (Default: 64)' },
    'time-limit': { type: 'string', valueHint: 'seconds', description: 'Longest work on one request (Default: 60)' },
    running: { type: 'string', valueHint: 'number', description: 'Requests that use the model at once (Default: 2)' },
    waiting: {
      type: 'string',
      valueHint: 'number',
      description: 'Requests that may wait; one more is turned away with 429 (Default: 6)',
    },
    ...modelArguments,
    ...outputArguments,
  },
  async run({ args, rawArgs, cmd }) {
    const options = readServeOptions(args._, rawArgs, cmd.args as ArgsDef);
    const { runServer } = await import('./run-server');
    return runServer(options, process);
  },
};
