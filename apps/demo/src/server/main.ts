import { parseArgs } from 'node:util';

const DEFAULT_PORT = 4600;
const usage = `nano-emox demo: a web page to try the model on a clip, on this machine

  --port <number>    (Default: ${DEFAULT_PORT}; a free one where it is taken)
  --host <address>   Who may reach it: 127.0.0.1 is this machine alone (Default: 127.0.0.1)
  --model <folder>   Folder of a model, or tiny (Default: tiny)
  --threads <number> Threads to compute with (Default: all)
  --help
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'number') return options;
  const { host, port, modelName, threads } = options;
  process.stderr.write('Loading the model …\n');
  // Only now: help and wrong options need not wait for the model's code.
  const [{ NanoEmoX }, { createDemoServer }, { isLoopbackHost, listenNear }] = await Promise.all([
    import('nano-emox'),
    import('./demo-server'),
    import('@nano-emox/server'),
  ]);
  const isLoopback = isLoopbackHost(host);
  const model = await NanoEmoX.fromPretrained(modelName, threads === undefined ? {} : { threads });
  await model.warmUp();
  const onDefect = (error: unknown) => console.error(error);
  const server = await createDemoServer({ model, isLoopback, onDefect });
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  try {
    const address = await listenNear(server, host, port);
    if (!isLoopback) {
      process.stderr.write(
        `Warning: everybody who reaches ${host} can use this server. It has no accounts and no encryption; clips of people travel readable.\n`,
      );
    }
    process.stdout.write(`${address}\n`);
    process.stderr.write('Open it in a browser. Clips stay on this machine. Ctrl-C ends the server.\n');
    await stopped;
  } finally {
    await server.close();
    await model.dispose();
  }
  return 0;
}

interface Options {
  readonly host: string;
  readonly port: number;
  readonly modelName: string;
  readonly threads: number | undefined;
}

/** @returns the exit code where there is nothing to start */
function readOptions(): Options | number {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: String(DEFAULT_PORT) },
        host: { type: 'string', default: '127.0.0.1' },
        model: { type: 'string', default: 'tiny' },
        threads: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(usage);
      return 0;
    }
    return {
      host: values.host,
      port: wholeNumber('--port', values.port, 0, 65_535),
      modelName: values.model,
      threads: values.threads === undefined ? undefined : wholeNumber('--threads', values.threads, 1, 1024),
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new RangeError(`${name} is "${text}"; it must be a whole number from ${least} to ${most}.`);
}
