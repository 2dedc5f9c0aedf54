import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { MissingDependencyError } from '@nano-emox/tensor-contract';
import type { OnnxRuntime } from '../shared/session-host';

interface Logging {
  readonly env: { logLevel?: string };
}

/** Loads the native binding. @throws MissingDependencyError with the reason, e.g. on musl or an unsupported platform */
export async function loadBinding(): Promise<OnnxRuntime> {
  try {
    const module = (await import('onnxruntime-node')) as unknown as OnnxRuntime &
      Logging & { readonly default?: OnnxRuntime };
    const runtime = module.InferenceSession ? module : (module.default as OnnxRuntime & Logging);
    // Failures are thrown with their message; the runtime's own line on stderr would say them twice.
    runtime.env.logLevel = 'fatal';
    return runtime;
  } catch (cause) {
    throw new MissingDependencyError({
      message: `onnxruntime-node cannot be loaded on ${process.platform} ${process.arch}: ${cause instanceof Error ? cause.message.split('\n')[0] : cause}`,
      hint: 'Run `npm install onnxruntime-node`, or use device "wasm". On Alpine (musl) use a glibc image such as node:20-slim.',
      dependency: 'onnxruntime-node',
      cause,
    });
  }
}

const CUDA_PROVIDER =
  process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so';

/** Whether somebody installed the CUDA libraries of the binding, which do not come with it. */
export function hasCudaLibraries(): boolean {
  try {
    const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
    const folder = join(dirname(dirname(entry)), 'bin', 'napi-v6', process.platform, process.arch);
    return existsSync(join(folder, CUDA_PROVIDER));
  } catch {
    return false;
  }
}
