import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sampleClip } from 'nano-emox/sample-clip';
import { describe, expect, it } from 'vitest';

/** The built program is what users run; `npm test` builds before it tests. */
const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** For busy machines. */
const TIMEOUT_MS = 120_000;
const hasTerminal = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

interface Chat {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param replies text to send once a text is on the screen */
function chat(
  [command, ...args]: readonly [string, ...string[]],
  input: string,
  replies: readonly (readonly [seen: string, send: string])[] = [],
): Promise<Chat> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: { ...process.env, NO_COLOR: '1', COLUMNS: '200' } });
    const output = { stdout: '', stderr: '' };
    const pending = [...replies];
    child.stdin.on('error', () => undefined);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output.stdout += text;
      const [next] = pending;
      if (next && output.stdout.includes(next[0])) {
        pending.shift();
        if (next[1] === 'SIGINT') child.kill('SIGINT');
        else child.stdin.write(next[1]);
      }
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output.stderr += text;
    });
    child.stdin.write(input);
    if (replies.length === 0) child.stdin.end();
    child.on('close', (code) => resolve({ code, ...output }));
  });
}

describe('nano-emox chat', { timeout: TIMEOUT_MS }, () => {
  it('answers a turn a line, the chain of empathy before each response, and ends at Ctrl-C', async () => {
    const { code, stdout, stderr } = await chat(
      [process.execPath, program, 'chat'],
      'I failed the maths exam.\n\nI am sad.\n',
      [['> I am sad.', 'SIGINT']],
    );
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'Stopped.\n' });
    expect(stdout).toMatch(
      /^speaker> I failed the maths exam\.\n {2}Event: .+\n {2}Emotion: .+\n {2}Cause: .+\n {2}Goal: .+\n\S.+\n\nspeaker> I am sad/,
    );
    expect(stdout).not.toMatch(/<\/?think>/);
    expect(stdout).not.toContain('\u001b');
  });

  it('talks about a clip in JSON lines; its words are the first turn; a turn that is too long does not end it', async () => {
    const args = ['chat', '--sample', '--json', '--hide-chain'];
    const { code, stdout, stderr } = await chat(
      [process.execPath, program, ...args],
      `${'far too long '.repeat(5000)}\nThank you.\n`,
    );
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error \[INVALID_ARGUMENT\] .*\n {2}\S.*\n$/);
    expect(events[0]).toEqual({ type: 'turn-start', turn: 1, input: sampleClip.words });
    expect(events.filter(({ type }) => type === 'respond-delta').map(({ part }) => part)).not.toContain('thought');
    const ends = events.filter(({ type }) => type === 'turn-end' || type === 'error');
    expect(ends.map(({ type, turn }) => [type, turn])).toEqual([
      ['turn-end', 1],
      ['error', 2],
      ['turn-end', 3],
    ]);
    expect(Object.keys(ends[0].chainOfEmpathy)).toHaveLength(4);
    expect(ends[0].response).toEqual(expect.any(String));
  });

  it.skipIf(!hasTerminal)('works on a terminal, where Ctrl-C ends it (needs the program script)', async () => {
    const command = `${process.execPath} ${program} chat`;
    const { code, stdout } = await chat(['script', '-qec', command, '/dev/null'], '', [
      ['speaker> ', 'I failed the maths exam.\r'],
      ['\r\n\r\n', '\u0003'],
    ]);
    expect(code).toBe(130);
    expect(stdout).toMatch(/Ctrl-D ends[\s\S]*speaker> [\s\S]*Emotion: [\s\S]*\r\n\r\n[\s\S]*Stopped\./);
  });
});
