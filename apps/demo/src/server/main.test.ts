import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../dist/server/main.js', import.meta.url));
const run = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });

it('explains itself, also after a wrong option', () => {
  expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--port') });
  for (const args of [['--prot', '1'], ['--port', '99999'], ['--threads', '0'], ['clip.mp4']]) {
    expect(run(...args)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('--port') });
  }
});

// Windows knows no SIGTERM.
it.skipIf(process.platform === 'win32')(
  'takes another port where the wanted one is taken, prints the address, and ends when told to',
  async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const child = spawn(process.execPath, [program, '--port', String(port)]);
    const [address] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
    expect(new URL(address).port).not.toBe(String(port));
    expect((await fetch(address.trim())).status).toBe(200);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    other.close();
  },
);
