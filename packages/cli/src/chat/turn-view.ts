import type { ResponseDelta, TaskOutcome } from 'nano-emox';
import { describeError } from '../print-error';
import { printable } from '../report/wrap-text';
import { colorsFor, type OutputStream } from '../terminal';
import { SpokenText } from './spoken-text';

/** Shows turns of a conversation as they happen. */
export interface TurnView {
  /** @param given.isTyped whether the input stands on the screen already */
  start(input: string, given: { readonly isTyped: boolean }): void;
  delta(delta: ResponseDelta): void;
  end(outcome: TaskOutcome<'erg'>): void;
  /** The turn could not be answered. */
  fail(error: unknown): void;
}

/** For people: the chain of empathy, paler and indented, then the response on a line of its own. */
export class TextView implements TurnView {
  private chain = new SpokenText();
  private response = new SpokenText();
  private hasResponse = false;
  /** Whether a line was begun. */
  private isOnScreen = false;

  constructor(
    private readonly stdout: OutputStream,
    private readonly options: { readonly hideChain: boolean },
  ) {}

  start(input: string, { isTyped }: { readonly isTyped: boolean }): void {
    this.chain = new SpokenText('  ');
    this.response = new SpokenText();
    this.hasResponse = false;
    this.isOnScreen = false;
    if (!isTyped) this.stdout.write(`${colorsFor(this.stdout).cyan('speaker>')} ${printable(input)}\n`);
  }

  delta({ part, text }: ResponseDelta): void {
    if (part === 'thought') this.writeChain(this.chain.add(text));
    else this.writeResponse(this.response.add(text));
  }

  end(outcome: TaskOutcome<'erg'>): void {
    this.writeResponse(this.response.end());
    this.endLine();
    if (outcome.status !== 'parsed') {
      this.stdout.write(`${colorsFor(this.stdout).yellow(`no answer that can be read: ${outcome.detail}`)}\n`);
    }
    this.stdout.write('\n');
  }

  fail(): void {
    this.endLine();
  }

  private writeChain(text: string): void {
    if (text === '' || this.options.hideChain) return;
    this.stdout.write(colorsFor(this.stdout).dim(text));
    this.isOnScreen = true;
  }

  private writeResponse(text: string): void {
    if (text === '') return;
    this.writeChain(this.chain.end());
    if (!this.hasResponse) this.endLine();
    this.hasResponse = true;
    this.stdout.write(text);
    this.isOnScreen = true;
  }

  private endLine(): void {
    if (this.isOnScreen) this.stdout.write('\n');
    this.isOnScreen = false;
  }
}

/** For programs: one JSON document a line. */
export class JsonView implements TurnView {
  private turn = 0;
  private input = '';

  constructor(
    private readonly stdout: OutputStream,
    private readonly options: { readonly hideChain: boolean },
  ) {}

  start(input: string): void {
    this.turn++;
    this.input = input;
    this.write({ type: 'turn-start', turn: this.turn, input });
  }

  delta(delta: ResponseDelta): void {
    if (delta.part === 'thought' && this.options.hideChain) return;
    this.write({ type: 'respond-delta', turn: this.turn, ...delta });
  }

  end(outcome: TaskOutcome<'erg'>): void {
    const { turn, input } = this;
    const durationMs = Math.round(outcome.durationMs);
    const answer =
      outcome.status === 'parsed'
        ? { ...outcome.value, confidence: outcome.confidence }
        : { unparsed: outcome.reason, text: outcome.answer };
    this.write({ type: 'turn-end', turn, input, ...answer, durationMs });
  }

  fail(error: unknown): void {
    this.write({ type: 'error', turn: this.turn, error: describeError(error) });
  }

  private write(event: object): void {
    this.stdout.write(`${JSON.stringify(event)}\n`);
  }
}
