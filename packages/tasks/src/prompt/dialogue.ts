import { plainText } from './markup';

/** One turn of a conversation. */
export interface DialogueTurn {
  /** Who speaks, e.g. `speaker` or `listener`, or a name. */
  readonly role: string;
  readonly utterance: string;
}

/** A conversation up to the words that want an empathic answer. */
export interface Dialogue {
  /** What a reader should know beforehand. */
  readonly background?: string;
  /** Earlier turns, oldest first. */
  readonly history: readonly DialogueTurn[];
  /** What the speaker says now. */
  readonly input: string;
}

/** The dialogue of a prompt; a clip alone is a conversation that begins with its words. */
export function dialogueOf({ dialogue, subtitle }: { dialogue?: Dialogue; subtitle?: string }): Dialogue {
  return dialogue ?? { history: [], input: subtitle ?? '' };
}

/** Earlier turns as `role: utterance`, one a line. */
export function historyText({ history }: Dialogue): string {
  return history.map(({ role, utterance }) => `${plainText(role)}: ${plainText(utterance)}`).join('\n');
}
