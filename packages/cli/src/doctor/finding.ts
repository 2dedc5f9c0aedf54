import { describeError } from '../print-error';

/** One thing that was looked at. */
export interface Finding {
  readonly section: 'Platform' | 'Executors' | 'Files' | 'Model';
  readonly name: string;
  /** `missing` is not there, `broken` is there and does not work. */
  readonly status: 'ok' | 'missing' | 'broken';
  /** Whether nothing works without it. */
  readonly needed: boolean;
  readonly detail: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** Tries something out; what it throws is the finding. @param attempt returns what to say where it works */
export async function tryOut(
  subject: Pick<Finding, 'section' | 'name' | 'needed'>,
  attempt: () => Promise<string>,
): Promise<Finding> {
  try {
    return { ...subject, status: 'ok', detail: await attempt() };
  } catch (error) {
    const { code, message, hint } = describeError(error);
    const status = code.startsWith('MISSING_') ? 'missing' : 'broken';
    return { ...subject, status, detail: message, hint };
  }
}
