import { MissingDependencyError } from '@nano-emox/tensor-contract';
import type { Executor, ExecutorSession, ExecutorUsage, LoadOptions, ModelSource } from '../executor';
import { openSession, SessionLedger } from '../shared/host-session';
import { LocalCaller } from '../shared/local-caller';
import { disposed, type OnnxRuntime, SessionHost } from '../shared/session-host';

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
  const host = new SessionHost(runtime, {
    executionProviders: [device],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
  });
  return new OnnxRuntimeWeb(`onnxruntime-web ${device}, ${threads} thread${threads === 1 ? '' : 's'}`, host);
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

class OnnxRuntimeWeb implements Executor {
  readonly warnings: readonly string[] = [];
  private readonly ledger = new SessionLedger();
  private readonly caller: LocalCaller;
  private live = true;

  constructor(
    readonly device: string,
    private readonly host: SessionHost,
  ) {
    this.caller = new LocalCaller(host);
  }

  async load(source: ModelSource, options: LoadOptions): Promise<ExecutorSession> {
    if (!this.live) throw disposed('executor');
    return openSession(this.caller, this.ledger, source, options);
  }

  usage(): ExecutorUsage {
    return this.ledger.usage();
  }

  async dispose(): Promise<void> {
    if (!this.live) return;
    this.live = false;
    await this.host.dispose();
  }
}
