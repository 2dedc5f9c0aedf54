import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HubServer } from './__testing__/hub-server';
import { cacheClear, cacheList, cacheVerify } from './cache-tools';
import { pullRepository } from './pull-repository';

const [first, second] = ['a'.repeat(40), 'b'.repeat(40)];
const weights = new Uint8Array(50_000).fill(3);

let server: HubServer;
let cacheFolder: string;
beforeEach(async () => {
  server = await HubServer.start();
  server.repositories.set('people/model', { commit: first, files: { 'config.json': '{}', 'w.bin': weights } });
  server.repositories.set('other/model', { commit: second, files: { 'page.html': '<html></html>' } });
  server.branches.set('main', first).set('page', second);
  cacheFolder = await mkdtemp(join(tmpdir(), 'nano-emox-hub-cache-'));
});
afterEach(async () => {
  await server.stop();
  await rm(cacheFolder, { recursive: true, force: true });
});

const pull = (repo: string, options = {}) =>
  pullRepository(repo, { endpoint: server.endpoint, cacheFolder, retryDelayMs: 1, ...options });

it('lists repositories, commits and what they take; shared files count once', async () => {
  expect(await cacheList({ cacheFolder })).toEqual([]);
  await pull('people/model');
  server.repositories.set('people/model', { commit: second, files: { 'config.json': '{"a":1}', 'w.bin': weights } });
  server.branches.set('main', second);
  await pull('people/model');
  const [entry, ...others] = await cacheList({ cacheFolder });
  expect(others).toEqual([]);
  expect(entry?.repo).toBe('people/model');
  expect(entry?.commits).toEqual([
    { commit: first, revisions: [], files: 2, sizeBytes: 50_002 },
    { commit: second, revisions: ['main'], files: 2, sizeBytes: 50_007 },
  ]);
  expect(entry?.sizeBytes).toBeGreaterThan(50_009);
  expect(entry?.sizeBytes).toBeLessThan(60_000); // with the two listings
});

it('finds a file that was changed, removes it on request, and the next pull brings it again', async () => {
  const { folder } = await pull('people/model');
  await pull('other/model', { revision: 'page' }); // a page that was asked for is no damage
  const progress: number[] = [];
  const onProgress = ({ checkedBytes }: { checkedBytes: number }) => progress.push(checkedBytes);
  expect(await cacheVerify({ cacheFolder, onProgress })).toEqual({ files: 3, sizeBytes: 50_015, problems: [] });
  expect(progress.at(-1)).toBe(50_015);
  await writeFile(join(folder, 'w.bin'), weights.with(100, 4));
  const { problems } = await cacheVerify({ cacheFolder, remove: true });
  expect(problems).toEqual([
    { repo: 'people/model', commit: first, path: 'w.bin', problem: expect.stringMatching(/sha256 is .* expected/) },
  ]);
  await pull('people/model');
  expect((await cacheVerify({ cacheFolder })).problems).toEqual([]);
});

it('clears one repository or all, and says what was freed', async () => {
  await pull('people/model');
  await pull('other/model', { revision: 'page' });
  expect(await cacheClear({ cacheFolder, repo: 'people/model' })).toBeGreaterThan(50_000);
  expect((await cacheList({ cacheFolder })).map(({ repo }) => repo)).toEqual(['other/model']);
  expect(await cacheClear({ cacheFolder, repo: 'people/absent' })).toBe(0);
  expect(await cacheClear({ cacheFolder })).toBeGreaterThan(0);
  expect((await readdir(cacheFolder)).filter((name) => !name.startsWith('.'))).toEqual([]);
  await expect(cacheClear({ cacheFolder, repo: '../x' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});
