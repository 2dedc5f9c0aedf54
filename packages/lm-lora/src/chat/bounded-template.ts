import { Environment, Interpreter, Template } from '@huggingface/jinja';
import { LimitError, withinTime } from '../within-time';

/** Longest template that is parsed; the longest published ones have some 20,000 characters. */
const MAX_SOURCE_CHARACTERS = 500_000;

/** Work of one evaluated expression or statement, besides the size of what it gives. */
const EVALUATION_WORK = 16;

/** Work of one element of a `range`: most are made to be looped over. */
const ELEMENT_WORK = 64;

/** Work that any conversation may cost, and what each character of it may cost besides: templates read a message some dozen times. */
const WORK_LIMIT = 2 ** 23;
const WORK_PER_CHARACTER = 1_000;

/** Ends what the count of work does not see, such as writing a value that contains itself many times over. A conversation takes milliseconds. */
const TIME_LIMIT_MS = 5_000;

type Statement = Parameters<Interpreter['evaluate']>[0];
type Value = ReturnType<Interpreter['evaluate']>;

/**
 * A Jinja template from a file that nobody vouches for. Templates are programs: with loops and doubled strings a few lines of one could
 * keep a process busy for ever or fill its memory. So time, and the number and size of the values that it makes, are limited.
 */
export class BoundedTemplate {
  private readonly template: Template;

  /**
   * @param timeLimitMs of parsing, and of each rendering
   * @throws LimitError, and what the parser throws
   */
  constructor(
    source: string,
    private readonly timeLimitMs = TIME_LIMIT_MS,
  ) {
    if (source.length > MAX_SOURCE_CHARACTERS) throw new LimitError(`it has ${source.length} characters`);
    this.template = withinTime(timeLimitMs, () => new Template(source));
  }

  /**
   * @param variables plain values
   * @param characters about how much text there is in them
   * @throws LimitError, and what the template throws
   */
  render(variables: Readonly<Record<string, unknown>>, characters: number): string {
    const budget = new WorkBudget(WORK_LIMIT + characters * WORK_PER_CHARACTER);
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...globals(budget), ...variables })) environment.set(name, value);
    const interpreter = new BudgetedInterpreter(environment, budget);
    return withinTime(this.timeLimitMs, () => String(interpreter.run(this.template.parsed).value));
  }
}

class WorkBudget {
  constructor(private left: number) {}

  spend(work: number): void {
    this.left -= work;
    if (!(this.left >= 0)) throw new LimitError('it does not come to an end');
  }
}

/** Every value that a template makes passes here. */
class BudgetedInterpreter extends Interpreter {
  constructor(
    environment: Environment,
    private readonly budget: WorkBudget,
  ) {
    super(environment);
  }

  override evaluate(statement: Statement, environment: Environment): Value {
    this.budget.spend(EVALUATION_WORK);
    const value = super.evaluate(statement, environment);
    this.budget.spend(sizeOf(value.value));
    return value;
  }
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return value instanceof Map ? value.size : 0;
}

/** Names that every template may use, as the library's own `Template` sets them; `range` is paid for before it is made. */
function globals(budget: WorkBudget): Readonly<Record<string, unknown>> {
  return {
    ...{ true: true, false: false, none: null, True: true, False: false, None: null },
    raise_exception: (message: unknown) => {
      throw new Error(String(message));
    },
    range: (first: number, second?: number, step = 1) => {
      const [start, stop] = second === undefined ? [0, first] : [first, second];
      const count = Math.max(0, Math.ceil((stop - start) / step));
      budget.spend(ELEMENT_WORK * count);
      return Array.from({ length: count }, (_, index) => start + index * step);
    },
    strftime_now: (format: unknown) => currentTime.render({ format: String(format) }),
  };
}

const currentTime = new Template('{{ strftime_now(format) }}');
