import type { DialogueTurn } from '@nano-emox/tasks';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { EncodedClip, NanoEmoX, ResponseDelta, TaskOutcome } from 'nano-emox';

export interface ConversationOptions {
  /** What the speaker looks and sounds like. */
  readonly clip?: EncodedClip;
  readonly background?: string;
  /** Earlier turns that the model reads at most. */
  readonly historyTurns: number;
}

/** What came back. */
export interface Reply {
  readonly outcome: TaskOutcome<'erg'>;
  /** Turns that were left out because the model cannot read them all; 0 where only `historyTurns` bounds the history. */
  readonly leftOut: number;
}

/** A conversation of a speaker with the model, which listens. A turn without a readable answer is not remembered. */
export class Conversation {
  private readonly turns: DialogueTurn[] = [];

  constructor(
    private readonly model: Pick<NanoEmoX, 'respond'>,
    private readonly options: ConversationOptions,
  ) {}

  /** Earlier turns, oldest first. */
  get history(): readonly DialogueTurn[] {
    return this.turns;
  }

  /**
   * Says something and streams the answer. Where the history does not fit the model, its oldest turns are left out.
   * @throws InvalidArgumentError when the input alone is longer than the model can read, AbortedError
   */
  async *say(input: string, signal?: AbortSignal): AsyncGenerator<ResponseDelta, Reply, undefined> {
    const known = this.turns.slice(Math.max(0, this.turns.length - this.options.historyTurns));
    for (let leftOut = 0; ; leftOut++) {
      try {
        const outcome = yield* this.ask(input, known.slice(leftOut), signal);
        this.remember(input, outcome);
        return { outcome, leftOut };
      } catch (error) {
        // Refused before the first token, so nothing was streamed yet.
        if (!isTooLong(error) || leftOut >= known.length) throw error;
      }
    }
  }

  private ask(input: string, history: readonly DialogueTurn[], signal: AbortSignal | undefined) {
    const { clip, background } = this.options;
    const dialogue = { history, input, ...(background !== undefined && { background }) };
    return this.model.respond(dialogue, { ...(clip && { clip }), ...(signal && { signal }) });
  }

  private remember(input: string, outcome: TaskOutcome<'erg'>): void {
    if (outcome.status !== 'parsed') return;
    this.turns.push({ role: 'speaker', utterance: input }, { role: 'listener', utterance: outcome.value.response });
  }
}

function isTooLong(error: unknown): boolean {
  return InvalidArgumentError.isInstance(error) && (error as InvalidArgumentError).argument === 'prompt';
}
