import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentedCommand } from '../documented-command';
import { commands } from '../run-cli';
import { shells } from './command';
import { completedCommand } from './completed-command';
import { completionScript } from './scripts';

/** The built program is what users run; `npm test` builds before it tests. */
const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const has = (shell: string) => spawnSync(shell, ['--version']).status === 0;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-completion-'));
  await mkdir(join(folder, 'a folder'));
  await writeFile(join(folder, 'a file.mp4'), '');
  for (const shell of shells) await writeFile(join(folder, `script.${shell}`), await completionScript(shell, commands));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the definitions', () => {
  const load = async () =>
    Promise.all(Object.entries(commands).map(async ([name, command]) => [name, await command()] as const));

  it('have examples, --quiet and --verbose everywhere', async () => {
    for (const [name, command] of await load()) {
      expect(command.examples.length, name).toBeGreaterThan(0);
      expect(Object.keys(command.args as object), name).toEqual(expect.arrayContaining(['quiet', 'verbose']));
    }
  });

  it('offer choices for arguments that there are', async () => {
    for (const [name, { args = {}, choices = {} }] of await load()) {
      expect(Object.keys(args), name).toEqual(expect.arrayContaining(Object.keys(choices)));
    }
  });

  it('are all in the script of each shell, whether it is here or not', async () => {
    for (const shell of shells) {
      const script = await completionScript(shell, commands);
      for (const [name, command] of await load()) {
        const { options } = completedCommand(name, command);
        expect(script, shell).toContain(name);
        for (const option of options) expect(script, shell).toContain(option.name.slice(2));
      }
    }
  });

  it('say what each option takes', () => {
    const command: DocumentedCommand = {
      meta: { description: 'Tests' },
      examples: [],
      choices: { device: ['cpu', 'cuda'], model: ['tiny'] },
      args: {
        clips: { type: 'positional', required: false },
        device: { type: 'string', valueHint: 'name', description: 'Where' },
        model: { type: 'string', valueHint: 'folder' },
        words: { type: 'string', valueHint: 'text' },
        json: { type: 'boolean' },
      },
    };
    expect(completedCommand('test', command)).toMatchObject({
      operand: 'file',
      options: [
        { name: '--device', description: 'Where', value: ['cpu', 'cuda'] },
        { name: '--model', value: 'folder' },
        { name: '--words', value: 'anything' },
        { name: '--json' },
        { name: '--help' },
      ],
    });
  });
});

describe.skipIf(!has('bash'))('in bash', () => {
  /** What the function offers for a line that ends in its last word. */
  function offered(...words: string[]): string[] {
    const script = `
      complete() { :; } # keeps the options of the real one out of a shell without a line
      compopt() { :; }
      source script.bash
      COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 ))
      _nano_emox
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', 'nano-emox', ...words], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return stdout.split('\n').filter((line) => line !== '');
  }

  it('completes commands', () => {
    expect(offered('')).toEqual([...Object.keys(commands), '--help', '--version']);
    expect(offered('an')).toEqual(['analyze']);
    expect(offered('comp')).toEqual(['completion']);
  });

  it('completes options of the command and values of the option, also behind an equals sign', () => {
    expect(offered('chat', '--hi')).toEqual(['--history', '--hide-chain']);
    expect(offered('analyze', '--dev')).toEqual(['--device']);
    expect(offered('analyze', '--device', 'c')).toEqual(['cpu', 'cuda']);
    expect(offered('analyze', '--device', '=', 'w')).toEqual(['webgpu', 'wasm']);
    expect(offered('analyze', '--device', '=')).toEqual(['auto', 'cpu', 'cuda', 'webgpu', 'wasm', 'tfjs']);
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('leaves files to the shell', () => {
    expect(offered('analyze', 'a')).toEqual([]);
    expect(offered('analyze', '--html', '')).toEqual([]);
  });

  it('is registered by the printed script', () => {
    const line = `source <("${process.execPath}" "${program}" completion bash); complete -p nano-emox`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: 'complete -o default -F _nano_emox nano-emox\n',
      stderr: '',
    });
  });
});

describe.skipIf(!has('fish'))('in fish', () => {
  it('completes commands, options and values', () => {
    const offered = (line: string) =>
      spawnSync('fish', ['-c', `source script.fish; complete -C '${line}'`], { cwd: folder, encoding: 'utf8' })
        .stdout.split('\n')
        .map((each) => each.split('\t')[0]);
    expect(offered('nano-emox an')).toContain('analyze');
    expect(offered('nano-emox analyze --dev')).toContain('--device');
    expect(offered('nano-emox analyze --device c')).toEqual(expect.arrayContaining(['cpu', 'cuda']));
    expect(offered('nano-emox completion ')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
  });
});

describe.skipIf(!has('zsh'))('in zsh', () => {
  const settings = `
    PS1= PROMPT_EOL_MARK=
    unsetopt zle_bracketed_paste list_beep
    fpath=($ZDOTDIR $fpath)
    autoload -Uz compinit && compinit -D -u
    show() { print -r -- "[line:$BUFFER]"; BUFFER= }
    zle -N show && bindkey '^X' show
    print ready`;

  /** Types keys and a tab into a zsh with a terminal of its own, and returns what its line holds then. */
  function completed(keys: string): string {
    const script = `
      zmodload zsh/zpty
      zpty shell zsh -d -i
      zpty -r shell output '*ready*'
      zpty -w -n shell "$1"$'\\t\\x18'
      zpty -r shell output '*\\[line:*\\]*'
      print -r -- "$output"`;
    const { stdout } = spawnSync('zsh', ['-f', '-c', script, 'zsh', keys], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ZDOTDIR: folder, TERM: 'dumb' },
      timeout: 20_000,
    });
    return /\[line:(.*?)\]/.exec(stdout)?.[1] ?? stdout;
  }

  it('completes commands, options and values from a file in fpath', { timeout: 60_000 }, async () => {
    await writeFile(join(folder, '.zshrc'), settings);
    await copyFile(join(folder, 'script.zsh'), join(folder, '_nano-emox'));
    expect(completed('nano-emox ana')).toBe('nano-emox analyze ');
    expect(completed('nano-emox analyze --dev')).toBe('nano-emox analyze --device=');
    expect(completed('nano-emox analyze --device=cu')).toBe('nano-emox analyze --device=cuda ');
    expect(completed('nano-emox completion fi')).toBe('nano-emox completion fish ');
  });

  it('is registered by a script that is read', () => {
    const line = 'autoload -Uz compinit; compinit -D -u; source ./script.zsh; print -r -- $_comps[nano-emox]';
    const { status, stdout, stderr } = spawnSync('zsh', ['-f', '-c', line], { cwd: folder, encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '_nano_emox\n', stderr: '' });
  });
});
