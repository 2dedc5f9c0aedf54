/** Named checks of a script: each is run, timed and shown; what went wrong is kept for the summary of `npm test`. */
import { writeFileSync } from 'node:fs';
import { SetupError, secondsSince } from './processes.mjs';

export class Checks {
  /** @type {{ name: string, problems: readonly string[] }[]} */
  #results = [];

  /**
   * Runs one check. It fails when it throws, or when it returns problems.
   * @param {string} name
   * @param {() => Promise<readonly string[] | void> | readonly string[] | void} check
   * @returns {Promise<boolean>} whether it passed
   */
  async run(name, check) {
    const startedAtMs = Date.now();
    let problems = [];
    try {
      problems = (await check()) ?? [];
    } catch (error) {
      problems = [error instanceof Error ? error.message : String(error)];
    }
    this.#results.push({ name, problems });
    console.log(`${problems.length === 0 ? '✓' : '✗'} ${name} (${secondsSince(startedAtMs)})`);
    for (const problem of problems) console.log(`    ${problem.replaceAll('\n', '\n    ')}`);
    return problems.length === 0;
  }

  /**
   * Ends the script's checks: with `--report <file>` on the command line the results are written as JSON.
   * @throws {SetupError} when a check failed
   */
  finish() {
    const reportFlag = process.argv.indexOf('--report');
    if (reportFlag > 0) writeFileSync(process.argv[reportFlag + 1], JSON.stringify(this.#results));
    const failed = this.#results.filter(({ problems }) => problems.length > 0);
    if (failed.length > 0) throw new SetupError(`${failed.length} of ${this.#results.length} checks failed.`);
  }
}
