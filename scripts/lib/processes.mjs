/** Child processes: run with captured output, hand signals on, report progress in plain words on stderr. */
import { spawn } from 'node:child_process';

const heartbeatMs = 15_000; // a silent minute looks like a hang; say that work goes on
const keptOutputChars = 200_000;

/** Writes one line for the person who waits. Always stderr: stdout belongs to the result. */
export function say(message) {
  process.stderr.write(`${message}\n`);
}

/** A fault the user can act on: printed without a stack trace. */
export class SetupError extends Error {
  /** @param {string} message @param {{ exitCode?: number }} [facts] */
  constructor(message, { exitCode = 1 } = {}) {
    super(message);
    this.name = 'SetupError';
    this.exitCode = exitCode;
  }
}

/**
 * Runs a program to its end. Termination signals to this process are handed on, and this process then ends by the same
 * signal, so that Ctrl-C leaves no orphan behind.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, stdoutTo?: 'stdout' | 'stderr', waitingFor?: string,
 *   shell?: boolean }} [options] `show` streams the output (stdout to `stdoutTo`); otherwise it is only kept.
 *   `waitingFor` is named in the heartbeat lines.
 * @returns {Promise<{ exitCode: number, output: string, stdout: string }>} `output` holds both streams in the order of
 *   arrival; exitCode is 127 when the program could not be started
 */
export function runProgram(file, args, options = {}) {
  const { cwd, env, show = false, stdoutTo = 'stderr', waitingFor, shell = false } = options;
  return new Promise((resolve) => {
    const stdoutTarget = stdoutTo === 'stdout' ? 'inherit' : 2;
    const child = spawn(file, args, {
      cwd,
      env,
      shell,
      stdio: show ? ['ignore', stdoutTarget, 'inherit'] : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let stdout = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-keptOutputChars);
    };
    child.stdout?.setEncoding('utf8').on('data', (chunk) => {
      stdout = (stdout + chunk).slice(-keptOutputChars);
      keep(chunk);
    });
    child.stderr?.setEncoding('utf8').on('data', keep);

    const startedAtMs = Date.now();
    const heartbeat = waitingFor
      ? setInterval(() => say(`  … still ${waitingFor} (${secondsSince(startedAtMs)})`), heartbeatMs)
      : undefined;
    const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
      const handler = () => {
        child.once('close', () => endBySignal(signal));
        child.kill(signal);
      };
      process.on(signal, handler);
      return [signal, handler];
    });
    const finish = (exitCode) => {
      clearInterval(heartbeat);
      for (const [signal, handler] of handlers) process.off(signal, handler);
      resolve({ exitCode, output, stdout });
    };
    child.on('error', (error) => {
      keep(`${file}: ${error.message}\n`);
      finish(127);
    });
    child.on('close', (code, signal) => finish(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/** `12.3 s` since a moment given by `Date.now()`. */
export function secondsSince(startedAtMs) {
  return `${((Date.now() - startedAtMs) / 1000).toFixed(1)} s`;
}

/** The last lines of a long output, for an error message. */
export function lastLines(output, count = 40) {
  return output.trimEnd().split('\n').slice(-count).join('\n');
}

/** Runs a script's main function; a SetupError is told in words, anything else is a defect and keeps its stack. */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`\n${error.message}`);
    process.exitCode = error.exitCode;
  }
}

function endBySignal(signal) {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
