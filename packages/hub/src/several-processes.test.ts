import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { HubServer } from './__testing__/hub-server';
import { pullProgram } from './__testing__/run-pull';
import { cacheVerify } from './cache-tools';

const repo = 'people/model';
const commit = 'd'.repeat(40);
const weights = Uint8Array.from({ length: 2_000_000 }, (_, index) => (index * 104_729) >> 5);

let program: Awaited<ReturnType<typeof pullProgram>>;
let server: HubServer;
let cacheFolder: string;
beforeAll(async () => {
  program = await pullProgram();
});
afterAll(() => program.remove());
beforeEach(async () => {
  server = await HubServer.start();
  server.repositories.set(repo, { commit, files: { 'config.json': '{}', 'model.bin': weights } });
  server.branches.set('main', commit);
  cacheFolder = await mkdtemp(join(tmpdir(), 'nano-emox-hub-processes-'));
});
afterEach(async () => {
  await server.stop();
  await rm(cacheFolder, { recursive: true, force: true });
});

async function expectCorrect(): Promise<void> {
  const folder = join(cacheFolder, 'people--model', commit);
  expect((await readdir(folder)).sort()).toEqual(['config.json', 'model.bin']);
  expect((await readFile(join(folder, 'model.bin'))).equals(weights)).toBe(true);
  expect(await cacheVerify({ cacheFolder })).toMatchObject({ files: 2, problems: [] });
}

it('two processes that pull at once end with one correct cache, and fetch once', async () => {
  server.faults.set('model.bin', { kind: 'slow', pauseMs: 10 });
  const runs = [1, 2].map(() => program.start(repo, server.endpoint, cacheFolder));
  const ends = await Promise.all(runs.map(({ ended }) => ended));
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  const waited = ends.filter(({ events }) => events.some(({ type }) => type === 'pull-wait'));
  expect(waited).toHaveLength(1);
  expect(server.downloadsOf('model.bin')).toHaveLength(1);
  await expectCorrect();
});

it('a process that is killed half way leaves what the next one continues', async () => {
  server.faults.set('model.bin', { kind: 'slow', pauseMs: 20 });
  const killed = program.start(repo, server.endpoint, cacheFolder);
  await killed.loaded(500_000);
  killed.process.kill('SIGKILL');
  expect((await killed.ended).code).toBeNull();
  const folder = join(cacheFolder, 'people--model', commit);
  expect(await readdir(folder)).toEqual(['config.json']);

  const { code, events } = await program.start(repo, server.endpoint, cacheFolder).ended;
  expect(code).toBe(0);
  expect(events.find(({ type }) => type === 'pull-wait')).toBeDefined(); // the lock of the dead is waited for
  const [, resumed] = server.downloadsOf('model.bin');
  expect(Number(/bytes=(\d+)/.exec(resumed as string)?.[1])).toBeGreaterThanOrEqual(500_000 - 65_536);
  await expectCorrect();
});
