import { MissingDependencyError } from '@nano-emox/tensor-contract';
import { onnxBytes } from '../../precision/with-precision';
import type { Executor } from '../executor';
import { forDevice } from '../shared/for-device';
import { LocalExecutor } from '../shared/local-executor';
import { precisionGuard } from '../shared/require-computing';
import { type OnnxRuntime, SessionHost } from '../shared/session-host';

export interface OnnxRuntimeWebOptions {
  /** @default 'wasm' */
  readonly device?: 'wasm' | 'webgpu';
  /** Threads of the WebAssembly build; more than one needs a cross-origin isolated page. @default 1 */
  readonly threads?: number;
  /** Folder or address of the `.wasm` files where the bundler does not place them. */
  readonly wasmPaths?: string;
}

type WebRuntime = OnnxRuntime & { readonly env: { readonly wasm: { numThreads?: number; wasmPaths?: string } } };

/** Opens the WebAssembly runtime, in a browser or where the native one cannot be loaded. @throws MissingDependencyError */
export async function openOnnxRuntimeWeb(options: OnnxRuntimeWebOptions = {}): Promise<Executor> {
  const { device = 'wasm', threads = 1, wasmPaths } = options;
  const runtime = await loadWebRuntime();
  runtime.env.wasm.numThreads = threads;
  if (wasmPaths !== undefined) runtime.env.wasm.wasmPaths = wasmPaths;
  const sessionOptions = {
    executionProviders: [device],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
  } as const;
  const host = new SessionHost(runtime, sessionOptions);
  const requirePrecision = precisionGuard(runtime, sessionOptions, device);
  const label = `onnxruntime-web ${device}, ${threads} thread${threads === 1 ? '' : 's'}`;
  return new LocalExecutor(label, [], host, async (source, options) => {
    await requirePrecision(options);
    return onnxBytes('graph' in source ? forDevice(source, device) : source, options);
  });
}

async function loadWebRuntime(): Promise<WebRuntime> {
  try {
    return (await import('onnxruntime-web')) as unknown as WebRuntime;
  } catch (cause) {
    throw new MissingDependencyError({
      message: 'onnxruntime-web cannot be loaded',
      hint: 'Run `npm install onnxruntime-web`.',
      dependency: 'onnxruntime-web',
      cause,
    });
  }
}
