import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HubServer } from './__testing__/hub-server';
import type { PullEvent } from './events';
import { type PullOptions, pullRepository } from './pull-repository';

const repo = 'people/model';
const commit = 'a'.repeat(40);
const weights = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7919) >> 3);
const files = {
  'config.json': '{"hidden_size": 4}\n',
  'model.safetensors': weights,
  'folder/with space #1.txt': 'inner',
  'empty.txt': '',
};

let server: HubServer;
let cacheFolder: string;
beforeEach(async () => {
  server = await HubServer.start();
  server.repositories.set(repo, { commit, files });
  server.branches.set('main', commit);
  cacheFolder = await mkdtemp(join(tmpdir(), 'nano-emox-hub-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  await rm(cacheFolder, { recursive: true, force: true });
});

const pull = (options: PullOptions = {}) =>
  pullRepository(repo, { endpoint: server.endpoint, cacheFolder, retryDelayMs: 1, ...options });

async function expectWhole(folder: string): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    expect((await readFile(join(folder, path))).equals(Buffer.from(content)), path).toBe(true);
  }
}

/** Complete files in the cache, whatever became of a pull. */
async function completeFiles(): Promise<string[]> {
  return (await readdir(join(cacheFolder, 'people--model', commit)).catch(() => [])).sort();
}

describe('pulling', () => {
  it('brings all files, small and large, tells one total, and asks for nothing twice', async () => {
    const events: PullEvent[] = [];
    const pulled = await pull({ onEvent: (event) => events.push(event) });
    expect(pulled).toMatchObject({ repo, commit, files: Object.keys(files), sizeBytes: 300_024 });
    await expectWhole(pulled.folder);
    const progress = events.filter((event) => event.type !== 'pull-wait');
    expect(new Set(progress.map(({ totalBytes }) => totalBytes))).toEqual(new Set([300_024]));
    const loaded = progress.map(({ loadedBytes }) => loadedBytes);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
    expect([loaded.at(0), loaded.at(-1)]).toEqual([0, 300_024]);
    expect(events.at(-1)).toMatchObject({ type: 'pull-end', folder: pulled.folder });

    const before = server.requests.length;
    await pull();
    expect(server.requests.slice(before)).toEqual(['GET /api/models/people/model/revision/main -']);
    await pull({ revision: commit });
    expect(server.requests.length).toBe(before + 1);
  });

  it('takes chosen files only, and says what is not there', async () => {
    const { folder } = await pull({ files: ['config.json'] });
    expect(await readdir(folder)).toEqual(['config.json']);
    expect((await pull({ files: (path) => path.endsWith('.txt') })).files).toHaveLength(2);
    await expect(pull({ files: ['tokenizer.json'] })).rejects.toMatchObject({
      code: 'MISSING_FILE',
      hint: expect.stringContaining('config.json'),
    });
    await expect(pull({ files: () => false })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('pins revisions: a branch moves on, a commit does not, and what both have is fetched once', async () => {
    await pull();
    const next = 'b'.repeat(40);
    server.repositories.set(repo, { commit: next, files: { ...files, 'config.json': '{"hidden_size": 8}\n' } });
    server.branches.set('main', next);
    const moved = await pull();
    expect(moved.commit).toBe(next);
    expect(await readFile(join(moved.folder, 'config.json'), 'utf8')).toContain('8');
    expect(server.downloadsOf('model.safetensors')).toHaveLength(1);
    const pinned = await pull({ revision: commit });
    expect(await readFile(join(pinned.folder, 'config.json'), 'utf8')).toContain('4');
    expect((await pull({ offline: true })).commit).toBe(next);
  });

  it('copies to a folder that belongs to the caller', async () => {
    const to = join(cacheFolder, 'mine');
    const { folder } = await pull({ to });
    expect(folder).toBe(to);
    await expectWhole(to);
    await writeFile(join(to, 'config.json'), 'changed');
    expect(await readFile(join((await pull()).folder, 'config.json'), 'utf8')).toBe(files['config.json']);
  });

  it('shows its token to the hub alone, from the option or the environment', async () => {
    server.repositories.set(repo, { commit, files, token: 'hf_secret' });
    await expect(pull()).rejects.toMatchObject({ code: 'ENDPOINT_FAILED', status: 401, attempts: 1 });
    vi.stubEnv('HF_TOKEN', 'hf_secret');
    await pull({ files: ['model.safetensors'] });
    expect(server.leakedTokens).toEqual([]);
    const wrong = await pull({ token: 'hf_other', files: ['config.json'] }).catch((error) => error);
    expect(wrong).toMatchObject({ status: 401 });
    expect(`${wrong.stack}`).not.toContain('hf_other');
    await expect(pull({ token: 'other' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', argument: 'token' });
  });

  it('takes its address from the environment, and never speaks to another one', async () => {
    vi.stubEnv('HF_ENDPOINT', `${server.endpoint}/`);
    await pullRepository(repo, { cacheFolder });
    await expect(pullRepository(repo, { cacheFolder, endpoint: 'ftp://x' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});

describe('offline', () => {
  it('opens no connection: what is there is given, the rest is a missing file', async () => {
    await expect(pull({ offline: true })).rejects.toMatchObject({ code: 'MISSING_FILE' });
    await pull({ files: ['config.json'] });
    const before = server.requests.length;
    vi.stubGlobal('fetch', () => {
      throw new Error('the network was touched');
    });
    try {
      const { folder } = await pull({ offline: true, files: ['config.json'] });
      expect(await readdir(folder)).toEqual(['config.json']);
      await expect(pull({ offline: true })).rejects.toMatchObject({ code: 'MISSING_FILE' });
      await expect(pull({ offline: true, revision: 'v1' })).rejects.toMatchObject({ code: 'MISSING_FILE' });
    } finally {
      vi.unstubAllGlobals();
    }
    expect(server.requests.length).toBe(before);
  });
});

describe('a bad connection', () => {
  it('is continued where it was cut, as often as something arrives', async () => {
    server.faults.set('model.safetensors', { kind: 'cut', afterBytes: 50_000, times: 5 });
    const { folder } = await pull({ maxRetries: 1 });
    await expectWhole(folder);
    const starts = server
      .downloadsOf('model.safetensors')
      .map((request) => Number(/bytes=(\d+)/.exec(request)?.[1] ?? 0));
    expect(starts[0]).toBe(0);
    expect(starts).toHaveLength(6);
    expect(starts.slice(1).every((start, index) => start > (starts[index] as number))).toBe(true);
    expect(server.sentBytes).toBeLessThan(1.2 * 300_024);
  });

  it('that brings nothing ends the pull, what arrived is kept, and the next pull goes on from there', async () => {
    server.faults.set('model.safetensors', { kind: 'cut', afterBytes: 200_000, times: 1 });
    await expect(pull({ maxRetries: 0 })).rejects.toMatchObject({ code: 'ENDPOINT_FAILED', status: undefined });
    expect(await completeFiles()).toEqual(['config.json']);
    await expectWhole((await pull()).folder);
    expect(server.downloadsOf('model.safetensors')[1]).toMatch(/bytes=[1-9]\d*-299999$/);
  });

  it('is tried again while the service is busy, and not when it refuses', async () => {
    server.faults.set('tree', { kind: 'status', status: 503, times: 2 });
    await pull({ files: ['config.json'] });
    server.faults.set('model.safetensors', { kind: 'status', status: 403, times: 9 });
    await expect(pull()).rejects.toMatchObject({ status: 403, attempts: 1, hint: expect.stringContaining('terms') });
    await expect(pull({ revision: 'absent' })).rejects.toMatchObject({ status: 404, attempts: 1 });
    await expect(pullRepository('people/absent', { endpoint: server.endpoint, cacheFolder })).rejects.toMatchObject({
      status: 401,
    });
    server.faults.set('revision', { kind: 'status', status: 500, times: 99 });
    await expect(pull({ maxRetries: 2 })).rejects.toMatchObject({ status: 500, attempts: 3 });
  });

  it('that is not there at all is an error that says so', async () => {
    const { endpoint } = server;
    await server.stop();
    await expect(pullRepository(repo, { endpoint, cacheFolder, maxRetries: 1, retryDelayMs: 1 })).rejects.toMatchObject(
      {
        code: 'ENDPOINT_FAILED',
        status: undefined,
        attempts: 2,
        message: expect.stringContaining('ECONNREFUSED'),
      },
    );
    server = await HubServer.start();
  });

  it('is left at once when the signal is aborted, and continued later', async () => {
    server.faults.set('model.safetensors', { kind: 'slow', pauseMs: 20, times: 1 });
    const controller = new AbortController();
    const aborted = pull({
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'pull-delta' && event.loadedBytes > 100_000) controller.abort();
      },
    });
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
    await expectWhole((await pull()).folder);
    expect(server.downloadsOf('model.safetensors').at(-1)).toMatch(/bytes=[1-9]/);
    await expect(pull({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('wrong content', () => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'c'.repeat(64)}\nsize 300000\n`;
  const page = '<!DOCTYPE html>\n<html><body>Please sign in</body></html>\n';

  it.each([
    ['wrong bytes', weights.map((byte) => byte ^ 1), /sha256 is [0-9a-f]{64}, expected/],
    ['more bytes than listed', Buffer.concat([weights, weights]), /300001 bytes, expected 300000/],
  ])('of a large file is refused (%s), and not kept', async (_, content, problem) => {
    server.faults.set('model.safetensors', { kind: 'content', content, times: 1 });
    await expect(pull()).rejects.toMatchObject({
      code: 'INVALID_FILE',
      path: 'model.safetensors',
      message: expect.stringMatching(problem),
    });
    expect(await completeFiles()).toEqual(['config.json']);
    expect(await readdir(join(cacheFolder, 'people--model', 'partial'))).toEqual([]);
    await expectWhole((await pull()).folder);
  });

  it.each([
    ['a pointer of Git LFS', pointer, /pointer of Git LFS/],
    ['a web page', page, /web page/],
    ['too little', 'abc', /truncated: 3 of 2000 bytes/],
  ])('instead of weights: %s', async (_, content, problem) => {
    // Served for every request, so that what is there never grows.
    server.repositories.set(repo, { commit, files: { 'model.bin': weights.subarray(0, 2000) } });
    const padded = Buffer.concat([Buffer.from(content), Buffer.alloc(content.length > 3 ? 2000 - content.length : 0)]);
    server.faults.set('model.bin', { kind: 'content', content: padded, times: 99 });
    await expect(pull({ maxRetries: 1 })).rejects.toMatchObject({ message: expect.stringMatching(problem) });
    expect(await completeFiles()).toEqual([]);
  });

  it('of a repository whose files are pointers, with right checksums', async () => {
    server.repositories.set(repo, { commit, files: { 'model.safetensors': pointer } });
    await expect(pull()).rejects.toMatchObject({ code: 'INVALID_FILE', message: expect.stringMatching(/Git LFS/) });
  });

  it('instead of the JSON of the hub', async () => {
    server.faults.set('revision', { kind: 'content', content: page });
    await expect(pull()).rejects.toMatchObject({ code: 'ENDPOINT_FAILED', message: expect.stringMatching(/web page/) });
    server.faults.set('tree', { kind: 'content', content: '{"entries": 3}' });
    await expect(pull()).rejects.toMatchObject({ code: 'ENDPOINT_FAILED' });
  });

  it('that was left by an earlier pull costs one more download, no error', async () => {
    const partial = join(cacheFolder, 'people--model', 'partial');
    await mkdir(partial, { recursive: true });
    await writeFile(join(partial, createHash('sha256').update(weights).digest('hex')), new Uint8Array(100_000).fill(9));
    const loaded: number[] = [];
    const onEvent = (event: PullEvent) => event.type === 'pull-delta' && loaded.push(event.loadedBytes);
    await expectWhole((await pull({ onEvent })).folder);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
    expect(server.downloadsOf('model.safetensors').map((request) => /bytes=\d+/.exec(request)?.[0])).toEqual([
      'bytes=100000',
      undefined,
    ]);
  });
});

describe('hostile names', () => {
  it.each(['../outside', '/etc/x', 'a/../../x', 'a\\..\\x', 'C:/x', 'a//b', '.', 'nul\0'])(
    'a file called %j is refused before anything is written',
    async (path) => {
      const extraEntries = [{ type: 'file', path, size: 1, oid: '2'.repeat(40) }];
      server.repositories.set(repo, { commit, files, extraEntries });
      await expect(pull()).rejects.toMatchObject({ code: 'INVALID_FILE' });
      expect(await readdir(cacheFolder)).toEqual(['.locks']);
    },
  );

  it.each(['../x', 'a/b/c', '', 'a--b/c', 'a/..', 'a/b?x', 'a b/c'])('a repository called %j is', async (name) => {
    await expect(pullRepository(name, { cacheFolder, offline: true })).rejects.toMatchObject({ argument: 'repo' });
  });

  it.each(['..', '.', '', 'a b', 'a/../b'])('a revision called %j is', async (revision) => {
    await expect(pull({ revision })).rejects.toMatchObject({ argument: 'revision' });
  });

  it('listings without size or checksum are refused', async () => {
    const entries = [
      { type: 'file', path: 'a', size: -1, oid: '2'.repeat(40) },
      { type: 'file', path: 'a', size: 1 },
    ];
    for (const entry of entries) {
      server.repositories.set(repo, { commit, files, extraEntries: [entry] });
      await expect(pull()).rejects.toMatchObject({ code: 'ENDPOINT_FAILED' });
    }
  });
});

describe('the disk', () => {
  it.skipIf(process.platform !== 'linux')('being full is a typed error that leaves no file (needs Linux)', async () => {
    const partial = join(cacheFolder, 'people--model', 'partial');
    await mkdir(partial, { recursive: true });
    // Writing to this device fails as on a full disk.
    await symlink('/dev/full', join(partial, createHash('sha256').update(weights).digest('hex')));
    await expect(pull()).rejects.toMatchObject({
      code: 'INVALID_FILE',
      message: expect.stringContaining('ENOSPC'),
      hint: expect.stringContaining('free space'),
    });
    expect(await completeFiles()).toEqual(['config.json']);
    await rm(join(partial, createHash('sha256').update(weights).digest('hex')));
    await expectWhole((await pull()).folder);
  });

  it('not being a folder is a typed error', async () => {
    const file = join(cacheFolder, 'file');
    await writeFile(file, '');
    await expect(pull({ cacheFolder: file })).rejects.toMatchObject({ code: 'INVALID_FILE' });
    await expect(pull({ to: file })).rejects.toMatchObject({ code: 'INVALID_FILE' });
    expect((await stat(file)).size).toBe(0);
  });
});
