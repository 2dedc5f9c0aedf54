import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ErrorDocument } from '../print-error';
import { type ExecutorName, executorNames } from './executor-names';
import type { Finding } from './finding';

/** The built program beside the one that runs. */
const defaultProgram = fileURLToPath(new URL('./probe-executor.js', import.meta.url));
/** Loading a large native library takes seconds on a busy machine. */
const TIMEOUT_MS = 60_000;

/** Tries every runtime in a process of its own, so that one that crashes or hangs is a finding, too. */
export async function executorFindings(signal: AbortSignal, program = defaultProgram): Promise<readonly Finding[]> {
  return Promise.all(executorNames.map((name) => probe(name, program, signal)));
}

function probe(name: ExecutorName, program: string, signal: AbortSignal): Promise<Finding> {
  const subject = { section: 'Executors', name, needed: false } as const;
  return new Promise((resolve, reject) => {
    const options = { signal, timeout: TIMEOUT_MS, killSignal: 'SIGKILL' } as const;
    execFile(process.execPath, [program, name], options, (failure, stdout) => {
      if (signal.aborted) return reject(signal.reason);
      const answer = answerIn(stdout);
      if (answer?.device !== undefined) return resolve({ ...subject, status: 'ok', detail: answer.device });
      if (answer?.error) return resolve({ ...subject, ...reasonOf(name, answer.error) });
      const detail = failure?.killed
        ? `it did not answer within ${TIMEOUT_MS / 1000} s`
        : `it ended the process (${failure?.signal ?? `exit code ${failure?.code ?? 0}`})`;
      resolve({ ...subject, ...reasonOf(name, { code: 'CRASHED', message: detail, hint: '' }) });
    });
  });
}

function answerIn(stdout: string): { readonly device?: string; readonly error?: ErrorDocument } | undefined {
  try {
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  } catch {
    return undefined;
  }
}

/** What a runtime needs beside its package. */
const needs: Readonly<Partial<Record<ExecutorName, string>>> = {
  'onnxruntime-node cuda':
    'It needs an NVIDIA GPU, its driver, and the CUDA libraries where they are found at run time.',
  'onnxruntime-node webgpu': 'It needs a GPU with a driver for Vulkan, Metal or Direct3D 12.',
  'tensorflow.js node-gpu':
    'It needs an NVIDIA GPU, its driver, and the CUDA libraries where they are found at run time.',
};

function reasonOf(name: ExecutorName, { code, message, hint }: ErrorDocument) {
  const isMissing = code === 'MISSING_DEPENDENCY' || code === 'DEVICE_UNAVAILABLE';
  if (isMissing) return { status: 'missing', detail: message, hint } as const;
  return {
    status: 'broken',
    detail: message,
    hint: needs[name] ?? 'Install its package again, or choose another device.',
  } as const;
}
