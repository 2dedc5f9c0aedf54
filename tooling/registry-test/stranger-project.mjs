import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from '../../scripts/lib/npm.mjs';
import { lastLines, runProgram, SetupError } from '../../scripts/lib/processes.mjs';
import { readJson, repositoryRoot } from '../../scripts/lib/workspace.mjs';
import { asCommonJs, asEsModule } from './shown-programs.mjs';

/** Node 20 announces that require() loaded an ES module; it is the only thing a program may leave on standard error. */
const requireNotice = /^\(node:\d+\) ExperimentalWarning: .*\n\(Use `node --trace-warnings .*\n?/gm;

/** How a user of TypeScript who checks everything compiles a file. */
const strictCompilation =
  '--strict --noUncheckedIndexedAccess --module nodenext --target es2022 --lib es2023,esnext.disposable,dom --types node'.split(
    ' ',
  );

/** The three ways in which each program has to work. */
export const forms = {
  'an ES module': (source) => ({ 'program.mjs': asEsModule(source) }),
  CommonJS: (source) => ({ 'program.cjs': asCommonJs(source) }),
  'strict TypeScript': (source) => ({ 'typed.mts': source }),
};

/** What `npm run` hands on of the settings of the user and of this workspace is nothing a stranger has. */
const withoutNpmSettings = (environment) =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !/^npm_config_/i.test(name)));

/** An empty project outside the workspace, with an npm configuration and cache that know the local registry only. */
export class StrangerProject {
  #folder;
  #environment;

  constructor(folder, environment) {
    this.#folder = folder;
    this.#environment = { ...withoutNpmSettings(process.env), ...environment };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "name": "stranger", "private": true }\n');
  }

  /** Runs `npm install`. Install scripts stay off, as this project never needs one. */
  async install(names) {
    const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
    const options = { cwd: this.#folder, env: this.#environment, waitingFor: 'installing' };
    const { exitCode, output } = await runNpm(['install', ...flags, ...names], options);
    if (exitCode !== 0) throw new SetupError(`npm install ended with code ${exitCode}.\n\n${lastLines(output)}`);
  }

  /** What lies in node_modules: names with version and origin. */
  installed() {
    const { packages } = readJson(join(this.#folder, 'node_modules', '.package-lock.json'));
    return Object.entries(packages).map(([path, { version, resolved }]) => {
      return { name: path.split('node_modules/').pop(), version, resolved };
    });
  }

  /**
   * Writes a program in one of the {@link forms} and runs it.
   * @returns {Promise<string>} what it printed
   */
  async run(source, form) {
    const [[file, text]] = Object.entries(forms[form](source));
    writeFileSync(join(this.#folder, file), text);
    if (file.endsWith('.mts')) await this.#compile(file);
    return this.runFile(file.replace('.mts', '.mjs'));
  }

  /** Runs a file of the project with Node; it must end well and leave standard error empty. */
  async runFile(file, text) {
    if (text !== undefined) writeFileSync(join(this.#folder, file), text);
    const { exitCode, stdout, output } = await runProgram(process.execPath, [file], {
      cwd: this.#folder,
      env: this.#environment,
      waitingFor: `running ${file}`,
    });
    const complaints = output.replace(stdout, '').replace(requireNotice, '').trim();
    if (exitCode !== 0 || complaints !== '') {
      throw new SetupError(`${file} ended with code ${exitCode} and said:\n${lastLines(output)}`);
    }
    return stdout.trim();
  }

  /** Runs an installed command as `npx` does. */
  async npx(args) {
    const options = { cwd: this.#folder, env: this.#environment, waitingFor: `running ${args[0]}` };
    const { exitCode, stdout, output } = await runNpm(['exec', '--no', '--', ...args], options);
    if (exitCode !== 0) throw new SetupError(`${args.join(' ')} ended with code ${exitCode}.\n${lastLines(output)}`);
    return stdout;
  }

  async #compile(file) {
    const compiler = join(repositoryRoot, 'node_modules', 'typescript', 'bin', 'tsc');
    const typeRoots = ['--typeRoots', join(repositoryRoot, 'node_modules', '@types')];
    const { exitCode, output } = await runProgram(
      process.execPath,
      [compiler, ...strictCompilation, ...typeRoots, file],
      {
        cwd: this.#folder,
      },
    );
    if (exitCode !== 0) throw new SetupError(`tsc refuses ${file}:\n${lastLines(output)}`);
  }
}
