import { availableParallelism } from 'node:os';
import { DeviceUnavailableError } from '@nano-emox/tensor-contract';
import type { InferenceSession } from 'onnxruntime-common';
import { requireGpuFor, requireUnquantised } from '../../precision/with-precision';
import type { Executor, ExecutorSession, ExecutorUsage, LoadOptions, ModelSource, OnnxSource } from '../executor';
import { openSession, type SessionCaller, SessionLedger } from '../shared/host-session';
import { LocalCaller } from '../shared/local-caller';
import { disposed, SessionHost } from '../shared/session-host';
import { loadBinding } from './binding';
import { stageGraph } from './stage-model';
import { WorkerClient } from './worker-client';

export interface OnnxRuntimeNodeOptions {
  /** @default 'cpu' */
  readonly device?: 'cpu' | 'cuda' | 'webgpu';
  /** Threads of one run. @default all the process may use */
  readonly threads?: number;
  /** Worker threads that own sessions; 0 runs in the caller's thread and blocks its event loop. @default 1 */
  readonly workers?: number;
  /** Whether idle threads wait for work spinning. @default true */
  readonly spin?: boolean;
}

/** Opens the native runtime. @throws MissingDependencyError, DeviceUnavailableError */
export async function openOnnxRuntimeNode(options: OnnxRuntimeNodeOptions = {}): Promise<Executor> {
  const { device = 'cpu', threads = availableParallelism(), workers = 1, spin = true } = options;
  const runtime = await loadBinding();
  checkDevice(device, runtime);
  const sessionOptions: InferenceSession.SessionOptions = {
    executionProviders: [device],
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
    ...(!spin && { extra: { session: { intra_op: { allow_spinning: '0' } } } }),
  };
  const label = `onnxruntime-node ${device}, ${threads} thread${threads === 1 ? '' : 's'}`;
  return workers === 0
    ? new OnnxRuntimeNode(label, device, [new LocalCaller(new SessionHost(runtime, sessionOptions))])
    : new OnnxRuntimeNode(
        label,
        device,
        Array.from({ length: workers }, () => new RestartingWorker(sessionOptions)),
      );
}

function checkDevice(device: string, runtime: object): void {
  const { listSupportedBackends } = runtime as { listSupportedBackends?: () => { name: string }[] };
  const known = listSupportedBackends?.().map(({ name }) => name) ?? ['cpu'];
  if (device === 'cpu' || known.includes(device)) return;
  throw new DeviceUnavailableError({
    message: `device ${device} is not part of this build of onnxruntime-node, which offers ${known.join(', ')}`,
    hint:
      device === 'cuda'
        ? 'Install the CUDA libraries with the install script of onnxruntime-node.'
        : 'Choose another device.',
    device,
  });
}

function staged(source: ModelSource, options: LoadOptions): OnnxSource | Promise<OnnxSource> {
  if ('graph' in source) return stageGraph(source, options.precision);
  requireUnquantised(options);
  return source;
}

/** A worker thread that is started when it is first needed and again after a crash. */
class RestartingWorker implements SessionCaller {
  private client: WorkerClient | undefined;

  constructor(private readonly sessionOptions: InferenceSession.SessionOptions) {}

  call(call: Parameters<SessionCaller['call']>[0]): ReturnType<SessionCaller['call']> {
    if (this.client?.crashed && call.kind === 'load') this.client = undefined;
    this.client ??= new WorkerClient(new URL('./onnxruntime-worker.js', import.meta.url), this.sessionOptions);
    return this.client.call(call);
  }

  async dispose(): Promise<void> {
    await this.client?.dispose();
  }
}

class OnnxRuntimeNode implements Executor {
  readonly warnings: readonly string[] = [];
  private readonly ledger = new SessionLedger();
  private readonly open = new Set<ExecutorSession>();
  // Sessions leave the set when the executor goes; a disposed session is a few bytes.
  private readonly callerOf = new WeakMap<ExecutorSession, SessionCaller>();
  private live = true;
  private turn = 0;

  constructor(
    readonly device: string,
    private readonly provider: string,
    private readonly callers: readonly (SessionCaller & { dispose?(): Promise<void> })[],
  ) {}

  async load(source: ModelSource, options: LoadOptions): Promise<ExecutorSession> {
    if (!this.live) throw disposed('executor');
    requireGpuFor(this.provider, options);
    const beside = options.beside && this.callerOf.get(options.beside);
    const caller = beside ?? (this.callers[this.turn++ % this.callers.length] as SessionCaller);
    const session = await openSession(caller, this.ledger, await staged(source, options), options);
    this.open.add(session);
    this.callerOf.set(session, caller);
    return session;
  }

  usage(): ExecutorUsage {
    return this.ledger.usage();
  }

  async dispose(): Promise<void> {
    if (!this.live) return;
    this.live = false;
    for (const session of this.open) await session.dispose();
    for (const caller of this.callers) await caller.dispose?.();
  }
}
