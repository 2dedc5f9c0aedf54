import { NanoEmoxError } from './nano-emox-error';

type Axis = string | number;

/** A tensor has other axes than the receiver reads. */
export class ShapeMismatchError extends NanoEmoxError {
  readonly code = 'SHAPE_MISMATCH';
  readonly where: string;
  readonly input: string;
  readonly expected: readonly Axis[];
  readonly received: readonly Axis[];

  constructor(facts: {
    where: string;
    input: string;
    expected: readonly Axis[];
    received: readonly Axis[];
    hint: string;
    cause?: unknown;
  }) {
    const { where, input, expected, received } = facts;
    super({
      message: `${where}: ${input} has shape [${received.join(', ')}], expected [${expected.join(', ')}]`,
      hint: facts.hint,
      cause: facts.cause,
    });
    this.where = where;
    this.input = input;
    this.expected = expected;
    this.received = received;
  }
}
