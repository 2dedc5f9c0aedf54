import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HubServer } from '../../../hub/src/__testing__/hub-server';
import { runCli } from '../run-cli';

const commit = 'a'.repeat(40);
let server: HubServer;
let root: string;
let stdout: string;
let stderr: string;
beforeEach(async () => {
  server = await HubServer.start();
  const files = { 'config.json': '{}', 'model.bin': new Uint8Array(1_500_000).fill(7) };
  server.repositories.set('people/model', { commit, files });
  server.branches.set('main', commit);
  root = await mkdtemp(join(tmpdir(), 'nano-emox-cli-pull-'));
  vi.stubEnv('NANO_EMOX_CACHE', join(root, 'cache'));
  vi.stubEnv('HF_ENDPOINT', server.endpoint);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

async function run(...args: string[]) {
  stdout = '';
  stderr = '';
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
  try {
    return await runCli(args);
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

it('pulls, lists, checks and clears', async () => {
  expect(await run('cache', 'list')).toBe(0);
  expect(stdout).toMatch(/^Nothing is cached in .*hub\.\n$/);
  expect(await run('pull', 'people/model', '--to', join(root, 'mine'))).toBe(0);
  expect(stdout).toBe(`people/model aaaaaaaaaaaa 1.5 MB ${join(root, 'mine')}\n`);
  expect(await readFile(join(root, 'mine', 'config.json'), 'utf8')).toBe('{}');
  expect(await run('cache', 'list')).toBe(0);
  expect(stdout).toContain('people/model  1.5 MB\n  aaaaaaaaaaaa  2 files  1.5 MB  main\n');
  expect(await run('cache', 'verify', '--json')).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ files: 2, sizeBytes: 1_500_002, problems: [] });
  await run('pull', 'people/model', '--json', '--offline');
  const [{ folder }] = JSON.parse(stdout).repositories;
  await writeFile(join(folder, 'config.json'), '[]');
  expect(await run('cache', 'verify', '--remove')).toBe(1);
  expect(stdout).toContain('git-blob-sha1');
  expect(await run('pull', 'people/model', '--offline')).toBe(1);
  expect(stderr).toContain('error [MISSING_FILE]');
  expect(await run('cache', 'clear', 'people/model')).toBe(0);
  expect(stdout).toBe('Freed 1.5 MB.\n');
});

it('says what went wrong', async () => {
  expect(await run('pull', 'people/absent', '--json')).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'ENDPOINT_FAILED' });
  expect(stderr).toContain('HF_TOKEN');
  server.faults.set('model.bin', { kind: 'content', content: new Uint8Array(1_500_000) });
  expect(await run('pull', 'people/model')).toBe(1);
  expect(stderr).toContain('sha256 is');
});

it.each([
  [['pull'], 'one repository or preset'],
  [['pull', 'a/b', 'c/d'], 'one repository or preset'],
  [['pull', 'paper', '--revision', 'v1'], 'several repositories'],
  [['cache'], 'no action ""'],
  [['cache', 'list', '--remove'], 'belongs to verify'],
  [['convert', '--out', 'x'], 'no files to convert'],
  [['convert', 'x'], 'no folder for the result'],
  [['convert', 'x', '--out', 'y', '--part', 'eyes'], 'no part "eyes"'],
])('%j is a usage error', async (args, message) => {
  expect(await run(...args)).toBe(2);
  expect(stderr).toContain(message);
});
