import { type ErrorDetails, NanoEmoxError } from './nano-emox-error';

/** A clip lacks the video or audio track the caller required. */
export class MissingTrackError extends NanoEmoxError {
  readonly code = 'MISSING_TRACK';
  readonly path: string;
  readonly track: 'video' | 'audio';

  constructor(facts: ErrorDetails & { path: string; track: 'video' | 'audio' }) {
    super(facts);
    this.path = facts.path;
    this.track = facts.track;
  }
}
