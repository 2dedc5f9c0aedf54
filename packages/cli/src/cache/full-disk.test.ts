import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const packageFolder = fileURLToPath(new URL('../..', import.meta.url));
const program = join(packageFolder, 'dist', 'main.js');
const languageModel = join(packageFolder, '../nano-emox/src/convert/__fixtures__/qwen2');

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nano-emox-full-disk-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Runs Node where no file may grow beyond a size: its writes fail half way, as on a full disk. */
function runLimited(limitKilobytes: number, args: readonly string[]) {
  // The shell counts blocks of 512 or 1024 bytes, whichever it likes.
  const limited = `trap '' XFSZ; ulimit -f ${limitKilobytes}; exec "$@"`;
  const options = { encoding: 'utf8', cwd: packageFolder, env: { ...process.env, NANO_EMOX_CACHE: root } } as const;
  return spawnSync('sh', ['-c', limited, 'sh', process.execPath, ...args], options);
}

const filesLeft = async (): Promise<string[]> => {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
};

describe.skipIf(process.platform === 'win32')('a disk that is full', () => {
  it('ends a conversion with a typed error, and no file is left', { timeout: 60_000 }, async () => {
    const args = ['convert', languageModel, '--part', 'language-model', '--out', join(root, 'lm'), '--json', '--quiet'];
    const { status, stdout } = runLimited(32, [program, ...args]);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'INVALID_FILE',
      message: expect.stringContaining('cannot be written: EFBIG'),
      hint: expect.stringContaining('free space'),
    });
    expect(await filesLeft()).toEqual([]);
  });

  it('ends the compilation of a large model with a typed error, and nothing is in the cache', async () => {
    const script = `
      import { defineModule, linear, zeros } from '@nano-emox/engine';
      import { createComponent } from '@nano-emox/engine/runtime';
      import { f32 } from '@nano-emox/tensor-contract';
      const module = defineModule({
        name: 'Wide',
        inputs: ({ width }) => ({ x: f32('batch', width) }),
        outputs: ({ width }) => ({ y: f32('batch', width) }),
        forward: ({ x }, weights, { width }) => ({ y: linear(x, weights.get('weight', [width, width], zeros)) }),
      });
      const definition = { type: 'wide', resolveConfig: () => ({ width: 4200 }), module };
      const component = await createComponent(definition, {}, { workers: 0 });
      await component.warmUp().catch(({ code, message }) => console.log(JSON.stringify({ code, message })));
      await component.dispose();`;
    const { stdout } = runLimited(20_000, ['--input-type=module', '-e', script]);
    expect(JSON.parse(stdout)).toEqual({ code: 'INVALID_FILE', message: expect.stringContaining('EFBIG') });
    expect(await filesLeft()).toEqual([]);
    expect(await readdir(join(root, 'graphs'))).toEqual([]);
  }, 60_000);
});
