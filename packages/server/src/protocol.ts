import type { AnalysisEvent, AnalysisResult, ClipEvidence, ResponseDelta, TaskOutcome } from 'nano-emox';

/** The six tasks, as keys of results. */
export type TaskId = keyof AnalysisResult['tasks'];

/** A refusal or a failure in words for people; never holds a path of the machine. */
export interface ErrorDocument {
  /** Stable. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** What `GET /api/health` answers. */
export interface HealthDocument {
  readonly status: 'ok';
  readonly model: AnalysisResult['model'];
  readonly limits: { readonly uploadBytes: number; readonly wordsChars: number; readonly runMs: number };
  /** Requests that use the model now, and those that wait for it. */
  readonly load: { readonly running: number; readonly waiting: number };
}

/** What `GET /api/sample` answers. */
export interface SampleDocument {
  readonly name: string;
  readonly words: string;
  /** Address of its bytes. */
  readonly clip: string;
}

/** One turn of a conversation. */
export interface Turn {
  readonly role: 'speaker' | 'listener';
  readonly utterance: string;
}

/** What is talked about; as in `nano-emox`. */
export interface DialogueRequest {
  readonly background?: string;
  readonly history: readonly Turn[];
  readonly input: string;
}

/** Body of `POST /api/respond`. */
export interface RespondRequest {
  /** As `clip-encoded` named it; without it the answer rests on the words alone. */
  readonly clipId?: string;
  readonly dialogue: DialogueRequest;
}

/** Sent first where others are served before. */
export interface WaitingEvent {
  readonly type: 'waiting';
  readonly ahead: number;
}

/** Ends a stream that cannot be finished. */
export interface ErrorEvent {
  readonly type: 'error';
  readonly error: ErrorDocument;
}

/**
 * The stream of `POST /api/analyze`: the events of the analysis, tensors replaced by what a page can show or name. After the six results
 * come those of the timeline of the clip: `timeline-start`, a `timeline-moment` for each, `timeline-end`; `analysis-end` has it, too.
 */
export type AnalyzeEvent =
  | WaitingEvent
  | Exclude<AnalysisEvent, { type: 'clip-read' | 'clip-encoded' }>
  | {
      readonly type: 'clip-read';
      readonly evidence: ClipEvidence;
      /** The frames as the model sees them, squashed to a square, as `data:` addresses; empty without picture. */
      readonly frames: readonly string[];
    }
  | {
      readonly type: 'clip-encoded';
      /** For `POST /api/respond`, as long as the server holds the clip. */
      readonly clipId: string;
      readonly modalities: AnalysisResult['modalities'];
      readonly gate?: readonly number[];
    }
  | ErrorEvent;

/** What `POST /api/analyze` answers to a client that accepts JSON alone. */
export interface AnalyzeDocument {
  /** For `POST /api/respond`, as long as the server holds the clip. */
  readonly clipId: string;
  readonly result: AnalysisResult;
}

/** What `POST /api/respond` answers to a client that accepts JSON alone. */
export interface RespondDocument {
  /** Whether the server still held the clip. */
  readonly withClip: boolean;
  readonly outcome: TaskOutcome<'erg'>;
}

/** The stream of `POST /api/respond`. */
export type RespondEvent =
  | WaitingEvent
  | { readonly type: 'respond-start' /** Whether the server still held the clip. */; readonly withClip: boolean }
  | ({ readonly type: 'respond-delta' } & ResponseDelta)
  | { readonly type: 'respond-end'; readonly outcome: TaskOutcome<'erg'> }
  | ErrorEvent;
