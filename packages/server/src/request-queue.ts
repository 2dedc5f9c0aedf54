import { RequestError } from './errors';

/** Seconds after which a client that was turned away may ask again: about the length of one analysis. */
export const RETRY_AFTER_SECONDS = 5;

/** A place in the queue. */
export interface Place {
  /** How many turns have to come before this one. */
  ahead(): number;
  /** Resolves when the model may be used. @throws the signal's reason */
  turn(signal: AbortSignal): Promise<void>;
  /** Gives the place back, and the turn to the next. Idempotent. */
  leave(): void;
}

/** Who holds a place: arriving, in the line (then `call` says that the turn has come), or running. */
interface Holder {
  isRunning: boolean;
  call?: () => void;
}

/**
 * Lets a few requests use the model at once, a few more wait in the order in which they asked, and turns away the rest. A
 * place is taken before a request's body is read, so that arriving uploads are bounded, too.
 */
export class RequestQueue {
  private readonly holders = new Set<Holder>();
  private readonly line: Holder[] = [];
  private running = 0;

  constructor(private readonly limits: { readonly running: number; readonly waiting: number }) {}

  /** Requests that use the model now, and all others that hold a place. */
  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.running, waiting: this.holders.size - this.running };
  }

  /** @throws RequestError (429) when every place is taken */
  enter(): Place {
    if (this.holders.size >= this.limits.running + this.limits.waiting) {
      throw new RequestError(429, 'BUSY', { 'retry-after': String(RETRY_AFTER_SECONDS) });
    }
    const holder: Holder = { isRunning: false };
    this.holders.add(holder);
    return {
      ahead: () => (this.running < this.limits.running ? 0 : this.line.length + 1),
      turn: (signal) => this.turn(holder, signal),
      leave: () => this.leave(holder),
    };
  }

  private async turn(holder: Holder, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.running < this.limits.running) this.running++;
    else await this.waitInLine(holder, signal);
    holder.isRunning = true;
  }

  private waitInLine(holder: Holder, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.line.splice(this.line.indexOf(holder), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      holder.call = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      this.line.push(holder);
    });
  }

  private leave(holder: Holder): void {
    if (!this.holders.delete(holder) || !holder.isRunning) return;
    const next = this.line.shift();
    // The turn passes on without a gap in which a newcomer could overtake.
    if (next) next.call?.();
    else this.running--;
  }
}
