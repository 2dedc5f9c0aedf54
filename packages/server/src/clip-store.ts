import { randomUUID } from 'node:crypto';
import type { EncodedClip } from 'nano-emox';

/** Holds encoded clips for conversations: the last few, each for a while. What they hold are features, not pictures or sound. */
export class ClipStore {
  private readonly clips = new Map<string, { readonly clip: EncodedClip; readonly timer: NodeJS.Timeout }>();

  constructor(private readonly limits: { readonly heldClips: number; readonly heldMs: number }) {}

  /** @returns a name that cannot be guessed */
  put(clip: EncodedClip): string {
    const id = randomUUID();
    this.hold(id, clip);
    for (const oldest of this.clips.keys()) {
      if (this.clips.size <= this.limits.heldClips) break;
      this.drop(oldest);
    }
    return id;
  }

  /** The clip, held for another while; undefined when it is not held any more. */
  get(id: string): EncodedClip | undefined {
    const clip = this.clips.get(id)?.clip;
    if (!clip) return undefined;
    this.drop(id);
    this.hold(id, clip); // the last used is the last to go
    return clip;
  }

  clear(): void {
    for (const id of this.clips.keys()) this.drop(id);
  }

  private hold(id: string, clip: EncodedClip): void {
    const timer = setTimeout(() => this.drop(id), this.limits.heldMs).unref();
    this.clips.set(id, { clip, timer });
  }

  private drop(id: string): void {
    clearTimeout(this.clips.get(id)?.timer);
    this.clips.delete(id);
  }
}
