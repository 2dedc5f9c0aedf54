import { availableParallelism } from 'node:os';
import type { InferenceSession } from 'onnxruntime-common';
import { requireUnquantised } from '../../precision/with-precision';
import type { Executor, ExecutorSession, ExecutorUsage, LoadOptions, ModelSource, OnnxSource } from '../executor';
import { forDevice } from '../shared/for-device';
import { openSession, type SessionCaller, SessionLedger } from '../shared/host-session';
import { LocalCaller } from '../shared/local-caller';
import { precisionGuard, requireComputing } from '../shared/require-computing';
import { disposed, SessionHost } from '../shared/session-host';
import { loadBinding } from './binding';
import { stageGraph, weightBytes } from './stage-model';
import { WorkerClient } from './worker-client';

type SessionOptions = InferenceSession.SessionOptions;

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

/** Opens the native runtime; a GPU has to compute something first. @throws MissingDependencyError, DeviceUnavailableError */
export async function openOnnxRuntimeNode(options: OnnxRuntimeNodeOptions = {}): Promise<Executor> {
  const { device = 'cpu', threads = availableParallelism(), workers = 1, spin = true } = options;
  const runtime = await loadBinding();
  const sessionOptions: SessionOptions = {
    executionProviders: [device],
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
    // Plans one block for all values of a run from its second run on, beside the memory of the first, and is no faster.
    enableMemPattern: false,
    ...(!spin && { extra: { session: { intra_op: { allow_spinning: '0' } } } }),
  };
  if (device !== 'cpu')
    await requireComputing(runtime, sessionOptions, { device, floatType: 'float32', hint: gpuHints[device] });
  const label = `onnxruntime-node ${device}, ${threads} thread${threads === 1 ? '' : 's'}`;
  const callers =
    workers === 0
      ? [new LocalCaller(new SessionHost(runtime, sessionOptions))]
      : Array.from({ length: workers }, () => new RestartingWorker(sessionOptions));
  return new OnnxRuntimeNode(
    label,
    device,
    callers.map((caller) => new Place(caller)),
    precisionGuard(runtime, sessionOptions, device),
  );
}

const gpuHints = {
  cuda: 'Install CUDA 12, cuDNN 9 and the CUDA libraries of onnxruntime-node (its install script fetches them), or leave the device out.',
  webgpu: 'It needs a GPU with a driver for Vulkan, Metal or Direct3D 12; or leave the device out.',
} as const;

function staged(source: ModelSource, device: string, options: LoadOptions): OnnxSource | Promise<OnnxSource> {
  if ('graph' in source) return stageGraph(forDevice(source, device), options.precision);
  requireUnquantised(options);
  return source;
}

/** A worker thread that is started when it is first needed and again after a crash. */
class RestartingWorker implements SessionCaller {
  private client: WorkerClient | undefined;

  constructor(private readonly sessionOptions: SessionOptions) {}

  call(call: Parameters<SessionCaller['call']>[0]): ReturnType<SessionCaller['call']> {
    if (this.client?.crashed && call.kind === 'load') this.client = undefined;
    this.client ??= new WorkerClient(new URL('./onnxruntime-worker.js', import.meta.url), this.sessionOptions);
    return this.client.call(call);
  }

  async dispose(): Promise<void> {
    await this.client?.dispose();
  }
}

/** A thread for sessions, and how busy it is. */
class Place {
  /** Sessions that were put here. */
  sessions = 0;
  /** Size of the weights that wait to be loaded here. */
  loadingBytes = 0;

  constructor(readonly caller: SessionCaller & { dispose?(): Promise<void> }) {}

  static freest(places: readonly Place[]): Place {
    return places.reduce((best, place) => {
      if (place.loadingBytes !== best.loadingBytes) return place.loadingBytes < best.loadingBytes ? place : best;
      return place.sessions < best.sessions ? place : best;
    });
  }
}

class OnnxRuntimeNode implements Executor {
  readonly warnings: readonly string[] = [];
  private readonly ledger = new SessionLedger();
  private readonly open = new Set<ExecutorSession>();
  // Sessions leave the set when the executor goes; a disposed session is a few bytes.
  private readonly placeOf = new WeakMap<ExecutorSession, Place>();
  private live = true;

  constructor(
    readonly device: string,
    private readonly provider: string,
    private readonly places: readonly Place[],
    private readonly requirePrecision: (options: LoadOptions) => Promise<void>,
  ) {}

  async load(source: ModelSource, options: LoadOptions): Promise<ExecutorSession> {
    if (!this.live) throw disposed('executor');
    await this.requirePrecision(options);
    const place = (options.beside && this.placeOf.get(options.beside)) ?? Place.freest(this.places);
    const sizeBytes = 'graph' in source ? weightBytes(source) : 0;
    place.sessions++;
    place.loadingBytes += sizeBytes;
    try {
      const session = await openSession(
        place.caller,
        this.ledger,
        await staged(source, this.provider, options),
        options,
      );
      this.open.add(session);
      this.placeOf.set(session, place);
      return session;
    } finally {
      place.loadingBytes -= sizeBytes;
    }
  }

  usage(): ExecutorUsage {
    return this.ledger.usage();
  }

  async dispose(): Promise<void> {
    if (!this.live) return;
    this.live = false;
    for (const session of this.open) await session.dispose();
    for (const { caller } of this.places) await caller.dispose?.();
  }
}
