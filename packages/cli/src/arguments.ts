import type { ArgsDef } from 'citty';
import { UsageError } from './usage-error';

/** Checks and reads the options of one command; the parser itself lets misspelt and empty ones through. */
export class CommandArguments {
  private readonly own: readonly string[];
  private readonly valued: readonly string[];
  private readonly flags: readonly string[];

  /**
   * @param command its name, for hints
   * @param rawArgs what stands behind it on the command line
   * @throws UsageError for an option that the command does not have, or one that lacks its value
   */
  constructor(
    private readonly command: string,
    rawArgs: readonly string[],
    args: ArgsDef,
  ) {
    const end = rawArgs.indexOf('--');
    this.own = end < 0 ? rawArgs : rawArgs.slice(0, end);
    const ofType = (type: string) => Object.keys(args).filter((name) => args[name]?.type === type);
    this.valued = ofType('string');
    this.flags = ofType('boolean');
    this.checkNames();
    for (const name of this.valued) this.checkValue(name);
  }

  /** The last value of an option. */
  text(name: string): string | undefined {
    return this.texts(name).at(-1);
  }

  /** All values of an option that may be repeated. */
  texts(name: string): readonly string[] {
    return this.own.flatMap((argument, index) => {
      if (argument.startsWith(`--${name}=`)) return [argument.slice(name.length + 3)];
      return argument === `--${name}` && !this.isValue(index) ? [this.own[index + 1] as string] : [];
    });
  }

  flag(name: string): boolean {
    return this.own.some((argument, index) => argument === `--${name}` && !this.isValue(index));
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[], what: string): Choice | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const choice = choices.find((known) => known === text);
    return choice ?? this.fail(`--${name}: there is no ${what} "${text}"`, `There are ${choices.join(', ')}.`, name);
  }

  wholeNumber(name: string, least: number, most: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const number = Number(text);
    if (text !== '' && Number.isSafeInteger(number) && number >= least && number <= most) return number;
    return this.fail(`--${name} is "${text}"`, `Pass a whole number from ${least} to ${most}.`, name);
  }

  fail(message: string, hint: string, argument: string): never {
    throw new UsageError({ message, hint: `${hint} See nano-emox ${this.command} --help`, argument });
  }

  /** Whether what stands at `index` is the value of the option before it. */
  private isValue(index: number): boolean {
    const previous = this.own[index - 1];
    return previous?.startsWith('--') === true && !previous.includes('=') && this.valued.includes(previous.slice(2));
  }

  private checkNames(): void {
    const allowed = [...this.valued, ...this.flags];
    this.own.forEach((argument, index) => {
      if (this.isValue(index) || !/^-./.test(argument)) return;
      const name = argument.replace(/^--/, '').split('=')[0] as string;
      if (!allowed.includes(name)) {
        this.fail(`there is no option ${argument}`, `The options are --${allowed.join(', --')}.`, name);
      }
      if (argument.includes('=') && !this.valued.includes(name)) {
        this.fail(`--${name} takes no value`, `Write --${name}.`, name);
      }
    });
  }

  private checkValue(name: string): void {
    this.own.forEach((argument, index) => {
      if (argument !== `--${name}` || this.isValue(index)) return;
      const next = this.own[index + 1];
      if (next !== undefined && !next.startsWith('--')) return;
      this.fail(
        `--${name} needs a value`,
        `Write --${name} <value>, or --${name}=<value> for one that begins with dashes.`,
        name,
      );
    });
  }
}
