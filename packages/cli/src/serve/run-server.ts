import { once } from 'node:events';
import { createEmotionServer, isLoopbackHost } from '@nano-emox/server';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { type ExitCode, exitCodes } from '../exit-codes';
import type { CommandOutput } from '../interruptible';
import { Interruption } from '../interruption';
import { loadModel } from '../load-model';
import { formatError } from '../print-error';
import { StatusLine } from '../status-line';
import type { ServeOptions } from './options';

/**
 * Serves until Ctrl-C or SIGTERM, which is how a server is meant to end. The address is the one line on standard output.
 * @returns the exit code of the program
 * @throws InvalidArgumentError where host and port cannot be listened at, and whatever loading the model throws
 */
export async function runServer(options: ServeOptions, output: CommandOutput): Promise<ExitCode> {
  const line = new StatusLine(output.stderr, options);
  const interruption = new Interruption();
  const { signal } = interruption;
  try {
    line.draw('loading the model');
    await serve(options, output, line, signal);
    return exitCodes.ok;
  } catch (error) {
    if (interruption.exitCode !== undefined) return interruption.exitCode; // before it served
    throw error;
  } finally {
    line.clear();
    interruption.dispose();
  }
}

async function serve(
  options: ServeOptions,
  output: CommandOutput,
  line: StatusLine,
  signal: AbortSignal,
): Promise<void> {
  const { host, port, limits } = options;
  const model = await loadModel(options, signal);
  try {
    await model.warmUp({ signal });
    const isLoopback = isLoopbackHost(host);
    const onDefect = (error: unknown) => void output.stderr.write(formatError(error, options));
    const server = await createEmotionServer({ model, limits, isLoopback, onDefect });
    try {
      const address = await server.listen({ host, port }).catch((error) => {
        throw cannotListen(host, port, error);
      });
      if (!isLoopback)
        line.warn(`everybody who reaches ${host} can use this server; it has no accounts and no encryption`);
      output.stdout.write(`${address}\n`);
      line.say('Clips stay on this machine. Ctrl-C ends the server.');
      if (!signal.aborted) await once(signal, 'abort');
    } finally {
      await server.close();
    }
  } finally {
    await model.dispose();
  }
}

function cannotListen(host: string, port: number, cause: Error): InvalidArgumentError {
  return new InvalidArgumentError({
    message: `the server cannot listen at ${host}, port ${port}: ${cause.message}`,
    hint: 'Choose another --port (0 for any free one), or another --host.',
    argument: 'port',
    cause,
  });
}
