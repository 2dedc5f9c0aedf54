/** What the server lets through. All of it bounds memory, disk or time. */
export interface Limits {
  /** Largest clip. @default 64 MiB */
  readonly uploadBytes: number;
  /** Longest time a request may take to arrive. @default 30 s */
  readonly uploadMs: number;
  /** Longest time the model may work on one request. @default 60 s */
  readonly runMs: number;
  /** Longest time a reader may leave what was sent unread. @default 15 s */
  readonly stallMs: number;
  /** Requests that use the model at the same time. @default 2 */
  readonly running: number;
  /** Requests that may wait or arrive meanwhile; one more is turned away. @default 6 */
  readonly waiting: number;
  /** Encoded clips held for conversations. @default 16 */
  readonly heldClips: number;
  /** How long an encoded clip is held after its last use. @default 15 min */
  readonly heldMs: number;
}

export const defaultLimits: Limits = {
  uploadBytes: 64 * 1024 * 1024,
  uploadMs: 30_000,
  runMs: 60_000,
  stallMs: 15_000,
  running: 2,
  waiting: 6,
  heldClips: 16,
  heldMs: 15 * 60_000,
};

/** Most characters of what is said, in a clip or in one turn. */
export const WORDS_CHARS = 1000;
/** Most earlier turns that a request may carry. */
export const MAX_TURNS = 16;
