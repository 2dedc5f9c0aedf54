import { throwIfAborted } from '@nano-emox/tensor-contract';
import type {
  ExecutorSession,
  ExecutorUsage,
  LoadOptions,
  OnnxSource,
  SessionRunOptions,
  SessionState,
  TensorMap,
} from '../executor';
import { compact, type WorkerCall } from './protocol';
import { disposed } from './session-host';

/** Something that performs calls on a {@link Host}, in this thread or another. */
export interface SessionCaller<Source = OnnxSource> {
  call(call: WorkerCall<Source>, signal?: AbortSignal): Promise<TensorMap | undefined>;
}

/** Counts what is alive, and numbers it. */
export class SessionLedger {
  private next = 0;
  private readonly sessions = new Set<number>();
  private readonly states = new Set<number>();
  /** Where each state lives, and its number there. */
  readonly places = new WeakMap<SessionState, { readonly caller: unknown; readonly stateId: number }>();

  open(kind: 'sessions' | 'states'): number {
    const id = this.next++;
    this[kind].add(id);
    return id;
  }

  close(kind: 'sessions' | 'states', id: number): void {
    this[kind].delete(id);
  }

  usage(): ExecutorUsage {
    return { sessions: this.sessions.size, states: this.states.size };
  }
}

/** Loads a model through `caller`. */
export async function openSession<Source>(
  caller: SessionCaller<Source>,
  ledger: SessionLedger,
  source: Source,
  options: LoadOptions,
): Promise<ExecutorSession> {
  const { name, signal, feedback = {} } = options;
  throwIfAborted(signal, name);
  const sessionId = ledger.open('sessions');
  try {
    await caller.call({ kind: 'load', sessionId, name, source, feedback });
  } catch (error) {
    ledger.close('sessions', sessionId);
    throw error;
  }
  return new HostSession(caller, ledger, sessionId, name);
}

class HostSession<Source> implements ExecutorSession {
  private live = true;

  constructor(
    private readonly caller: SessionCaller<Source>,
    private readonly ledger: SessionLedger,
    private readonly sessionId: number,
    private readonly name: string,
  ) {}

  async run(inputs: TensorMap, { state, outputs, signal }: SessionRunOptions = {}): Promise<TensorMap> {
    if (!this.live) throw disposed(`session ${this.name}`);
    throwIfAborted(signal, this.name);
    const place = state && this.ledger.places.get(state);
    // A state of another thread is as far away as one that is gone.
    if (state && place?.caller !== this.caller) throw disposed('state');
    const results = await this.caller.call(
      { kind: 'run', sessionId: this.sessionId, stateId: place?.stateId, inputs: compact(inputs), outputs },
      signal,
    );
    throwIfAborted(signal, this.name);
    return results as TensorMap;
  }

  async createState(initial: TensorMap): Promise<SessionState> {
    if (!this.live) throw disposed(`session ${this.name}`);
    const stateId = this.ledger.open('states');
    try {
      await this.caller.call({ kind: 'create-state', stateId, initial: compact(initial) });
    } catch (error) {
      this.ledger.close('states', stateId);
      throw error;
    }
    const state: SessionState = {
      read: async () => {
        if (!this.ledger.places.has(state)) throw disposed('state');
        return (await this.caller.call({ kind: 'read-state', stateId })) as TensorMap;
      },
      dispose: async () => {
        if (!this.ledger.places.delete(state)) return;
        this.ledger.close('states', stateId);
        await this.caller.call({ kind: 'release-state', stateId }).catch(() => undefined);
      },
    };
    this.ledger.places.set(state, { caller: this.caller, stateId });
    return state;
  }

  async dispose(): Promise<void> {
    if (!this.live) return;
    this.live = false;
    this.ledger.close('sessions', this.sessionId);
    // A dead thread has already given its memory back.
    await this.caller.call({ kind: 'release', sessionId: this.sessionId }).catch(() => undefined);
  }
}
