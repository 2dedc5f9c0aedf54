/** What a {@link MediaWarning} is about. Codes never change meaning; new ones are added. */
export type MediaWarningCode =
  | 'no-video-track'
  | 'no-audio-track'
  | 'empty-video-track'
  | 'empty-audio-track'
  | 'undecodable-track'
  | 'silent-audio'
  | 'short-video'
  | 'truncated'
  | 'corrupt-packets'
  | 'frame-count-corrected'
  | 'approximate-audio-position'
  | 'no-face';

/** An oddity that did not stop the work: branch on `code`, show `message`. */
export interface MediaWarning {
  readonly code: MediaWarningCode;
  readonly message: string;
  /** Numbers behind the message, e.g. `frames` without a face. */
  readonly facts: Readonly<Record<string, number | string | readonly number[]>>;
}

/** Collects warnings of one call; a code is kept once, the last facts win. */
export class WarningList {
  private readonly byCode = new Map<MediaWarningCode, MediaWarning>();

  add(code: MediaWarningCode, message: string, facts: MediaWarning['facts'] = {}): void {
    this.byCode.set(code, { code, message, facts });
  }

  toArray(): readonly MediaWarning[] {
    return [...this.byCode.values()];
  }
}
