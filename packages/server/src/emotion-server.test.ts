import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { NanoEmoX } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ListeningServer, startListening } from '../../../tooling/listening-server';
import { createEmotionServer } from './emotion-server';
import type { Limits } from './limits';
import type { AnalyzeDocument, AnalyzeEvent, HealthDocument, RespondEvent } from './protocol';

const sampleBytes = readFileSync(sampleClip.path);
const { words } = sampleClip;

let model: NanoEmoX;
let server: ListeningServer | undefined;
beforeAll(async () => {
  model = await NanoEmoX.fromPretrained('tiny');
});
afterAll(() => model.dispose());
afterEach(async () => {
  const { defects = [] } = server ?? {};
  await server?.close();
  server = undefined;
  expect(defects).toEqual([]);
});

async function start(limits: Partial<Limits> = {}): Promise<ListeningServer> {
  server = await startListening((surroundings) => createEmotionServer({ model, limits, ...surroundings }));
  return server;
}

function clipForm(bytes: Uint8Array, fields: Readonly<Record<string, string>> = {}, name = 'clip.mp4'): FormData {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set('clip', new Blob([Uint8Array.from(bytes)]), name);
  return form;
}

const analyze = ({ address }: ListeningServer, body: FormData, request: RequestInit = {}) =>
  fetch(`${address}/api/analyze`, { method: 'POST', body, ...request });

const respond = ({ address }: ListeningServer, body: unknown) =>
  fetch(`${address}/api/respond`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function eventsOf<Event>(response: Response): Promise<Event[]> {
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const frames = (await response.text()).split('\n\n').filter((frame) => frame !== '');
  return frames.map((frame) => JSON.parse(frame.replace(/^data: /, '')) as Event);
}

async function expectRefusal(response: Response, status: number, code: string): Promise<void> {
  const { error } = (await response.json()) as { error: { code: string; message: string; hint: string } };
  expect({ status: response.status, code: error.code }).toEqual({ status, code });
  expect(error.message).toMatch(/^\S.*\.$/);
  expect(error.hint).toMatch(/^\S.*\.$/);
  expect(JSON.stringify(error)).not.toMatch(/[/\\]tmp|node_modules/);
}

async function load({ address }: ListeningServer): Promise<HealthDocument['load']> {
  return ((await (await fetch(`${address}/api/health`)).json()) as HealthDocument).load;
}

const idle = { running: 0, waiting: 0 };

/** All that a request may leave behind is gone. */
async function expectNothingLeft(running: ListeningServer): Promise<void> {
  await expect.poll(() => load(running), { timeout: 10_000 }).toEqual(idle);
  await expect.poll(running.uploads, { timeout: 10_000 }).toEqual([]);
}

describe('POST /api/analyze', () => {
  it('streams the analysis of a clip, and the conversation goes on from it', async () => {
    const running = await start();
    const events = await eventsOf<AnalyzeEvent>(await analyze(running, clipForm(sampleBytes, { words })));
    const types = events.map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(['stage-start', 'stage-end', 'clip-read']);
    expect(types.filter((type) => type === 'task-end')).toHaveLength(6);
    expect(types.at(-1)).toBe('analysis-end');

    const read = events.find((event) => event.type === 'clip-read');
    expect(read?.frames).toHaveLength(8);
    expect(read?.frames[0]).toMatch(/^data:image\/jpeg;base64,\/9j\//);
    expect(read?.evidence.face?.crops[0]?.boxPx).toMatchObject({ width: expect.any(Number) });
    const encoded = events.find((event) => event.type === 'clip-encoded');
    expect(encoded?.gate).toHaveLength(3);
    const end = events.find((event) => event.type === 'analysis-end');
    const moments = events.flatMap((event) => (event.type === 'timeline-moment' ? [event.moment] : []));
    expect(moments.map(({ frame }) => frame)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(end?.result.timeline).toEqual(moments);
    expect(types.indexOf('timeline-start')).toBeGreaterThan(types.lastIndexOf('task-end'));
    expect(end?.result).toEqual(JSON.parse(JSON.stringify(end?.result)));
    expect(JSON.stringify(events)).not.toContain('nano-emox-server-'); // no path of the machine
    await expectNothingLeft(running);

    const dialogue = { history: [{ role: 'speaker', utterance: words }], input: 'My sister failed.' };
    const answer = await eventsOf<RespondEvent>(await respond(running, { clipId: encoded?.clipId, dialogue }));
    expect(answer[0]).toEqual({ type: 'respond-start', withClip: true });
    expect(answer.at(-1)).toMatchObject({ type: 'respond-end', outcome: { durationMs: expect.any(Number) } });
    const parts = answer.flatMap((event) => (event.type === 'respond-delta' ? [event.part] : []));
    expect([...new Set(parts)]).toEqual(['thought', 'response']);
  });

  it('answers with one document where JSON alone is accepted, failures with their status', async () => {
    const running = await start();
    const headers = { accept: 'application/json' };
    const response = await analyze(running, clipForm(sampleBytes, { words }), { headers });
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const { clipId, result } = (await response.json()) as AnalyzeDocument;
    expect(Object.keys(result.tasks)).toHaveLength(6);
    expect(result.timeline).toHaveLength(8);
    const half = sampleBytes.subarray(0, sampleBytes.length / 2);
    await expectRefusal(await analyze(running, clipForm(half), { headers }), 422, 'INVALID_MEDIA');
    await expectNothingLeft(running);
    const body = JSON.stringify({ clipId, dialogue: { history: [], input: 'My sister failed.' } });
    const request = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body };
    const answer = await (await fetch(`${running.address}/api/respond`, request)).json();
    expect(answer).toMatchObject({ withClip: true, outcome: { durationMs: expect.any(Number) } });
    await expectNothingLeft(running);
  });

  it('takes a dialogue with the clip', async () => {
    const running = await start();
    const dialogue = JSON.stringify({ history: [{ role: 'listener', utterance: 'How was it?' }], input: words });
    const events = await eventsOf<AnalyzeEvent>(await analyze(running, clipForm(sampleBytes, { words, dialogue })));
    expect(events.at(-1)?.type).toBe('analysis-end');
    const broken = ['{', '{}', '{"history":[{"role":"system","utterance":"x"}],"input":"x"}', '[]'];
    for (const dialogue of broken)
      await expectRefusal(await analyze(running, clipForm(sampleBytes, { dialogue })), 400, 'BAD_REQUEST');
    await expectNothingLeft(running);
  });

  it.each([
    ['text', Buffer.from('Dear diary. '.repeat(500)), 415, 'NOT_MEDIA'],
    ['a zip archive', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(5000)]), 415, 'NOT_MEDIA'],
    [
      'a picture',
      Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex'),
      415,
      'NOT_MEDIA',
    ],
    ['a playlist that names other files', Buffer.from('#EXTM3U\n#EXTINF:5,\nfile:///etc/passwd\n'), 415, 'NOT_MEDIA'],
    ['nothing', Buffer.alloc(0), 422, 'EMPTY_CLIP'],
  ])('refuses %s, whatever its name says', async (_, bytes, status, code) => {
    const running = await start();
    await expectRefusal(await analyze(running, clipForm(bytes, {}, 'clip.mp4')), status, code);
    await expectNothingLeft(running);
  });

  it('tells at the end of the stream that a clip is damaged', async () => {
    const running = await start();
    const half = sampleBytes.subarray(0, sampleBytes.length / 2);
    const events = await eventsOf<AnalyzeEvent>(await analyze(running, clipForm(half)));
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'INVALID_MEDIA' } });
    expect(JSON.stringify(events)).not.toContain('nano-emox-server-');
    await expectNothingLeft(running);
  });

  it('refuses a clip above the limit, declared or not', async () => {
    const running = await start({ uploadBytes: 100_000 });
    await expectRefusal(await analyze(running, clipForm(Buffer.alloc(2_000_000, 1))), 413, 'TOO_LARGE');
    await expectRefusal(await analyze(running, clipForm(Buffer.alloc(200_000, 1))), 413, 'TOO_LARGE');
    await expectNothingLeft(running);
  });

  it('refuses a declared length of 2 GB at once', async () => {
    const running = await start();
    const socket = await send(running, requestHead('content-length: 2147483648'));
    expect(await answerOf(socket)).toMatch(/^HTTP\/1.1 413 /);
    await expectNothingLeft(running);
  });

  it.each([
    ['no part', {}, 400, 'NO_CLIP'],
    ['another field', { more: '1' }, 400, 'BAD_REQUEST'],
    ['too many words', { words: 'ha '.repeat(1000) }, 413, 'TOO_LONG'],
  ])('refuses a form with %s', async (_, fields, status, code) => {
    const running = await start();
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    if (code !== 'NO_CLIP') form.set('clip', new Blob([Uint8Array.from(sampleBytes)]));
    else form.set('words', 'hello');
    await expectRefusal(await analyze(running, form), status, code);
    await expectNothingLeft(running);
  });

  it('refuses what is no form', async () => {
    const { address } = await start();
    const request = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
    expect((await fetch(`${address}/api/analyze`, request)).status).toBe(415);
  });

  it.each(['../../../../tmp/escaped.mp4', '/etc/passwd', '..\\..\\escaped', 'a\0b.mp4', `${'x'.repeat(5000)}.mp4`])(
    'takes no path from the file name %j',
    async (name) => {
      const running = await start();
      const body = [
        '--b\r\ncontent-disposition: form-data; name="clip"; filename="',
        `${name}"\r\ncontent-type: video/mp4\r\n\r\nno clip\r\n--b--\r\n`,
      ].join('');
      const socket = await send(running, `${requestHead(`content-length: ${Buffer.byteLength(body)}`)}${body}`);
      expect(await answerOf(socket)).toMatch(/^HTTP\/1.1 4\d\d /);
      await expectNothingLeft(running);
    },
  );

  it('ends a request whose body does not arrive in time', async () => {
    const running = await start({ uploadMs: 1500 });
    const socket = await send(running, `${requestHead('content-length: 100000')}${partHead}`);
    const drip = setInterval(() => socket.write('x'), 100);
    expect(await answerOf(socket)).toMatch(/^HTTP\/1.1 408 |^$/);
    clearInterval(drip);
    await expectNothingLeft(running);
  });

  it('forgets a client that leaves while it sends', async () => {
    const running = await start();
    const socket = await send(running, `${requestHead('content-length: 100000')}${partHead}some bytes`);
    await expect.poll(running.uploads).toHaveLength(1);
    expect(await load(running)).toEqual({ running: 0, waiting: 1 });
    socket.destroy();
    await expectNothingLeft(running);
  });

  it('stops when the client leaves while it looks', async () => {
    const running = await start();
    const asked = vi.spyOn(model.components.languageModel, 'generate');
    const leaving = new AbortController();
    const response = await analyze(running, clipForm(sampleBytes), { signal: leaving.signal });
    await response.body?.getReader().read();
    expect(await load(running)).toEqual({ running: 1, waiting: 0 });
    leaving.abort();
    await expectNothingLeft(running);
    expect(asked).not.toHaveBeenCalled(); // it did not go on to the questions for nobody
    asked.mockRestore();
  });

  it('stops when the time is up, and says so', async () => {
    const running = await start({ runMs: 50 });
    const headers = { accept: 'application/json' };
    await expectRefusal(await analyze(running, clipForm(sampleBytes), { headers }), 503, 'TIME_LIMIT');
    const events = await eventsOf<AnalyzeEvent>(await analyze(running, clipForm(sampleBytes)));
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'TIME_LIMIT' } });
    await expectNothingLeft(running);
  });

  it('lets some wait and turns away the rest', async () => {
    const running = await start({ running: 1, waiting: 1 });
    const first = await analyze(running, clipForm(sampleBytes));
    const second = await analyze(running, clipForm(sampleBytes));
    expect(await load(running)).toEqual({ running: 1, waiting: 1 });
    const third = await analyze(running, clipForm(sampleBytes));
    expect(third.headers.get('retry-after')).toMatch(/^\d+$/);
    await expectRefusal(third, 429, 'BUSY');
    await first.body?.cancel(); // its place goes to the second
    const events = await eventsOf<AnalyzeEvent>(second);
    expect(events[0]).toEqual({ type: 'waiting', ahead: 1 });
    expect(events.at(-1)?.type).toBe('analysis-end');
    await expectNothingLeft(running);
  });

  it('leaves nothing behind when it closes in the middle', async () => {
    const running = await start();
    const response = await analyze(running, clipForm(sampleBytes));
    const text = response.text().catch(() => 'cut off');
    await running.server.close();
    expect(await text).toBe('cut off');
    await expect.poll(running.uploads).toEqual([]);
  });
});

describe('POST /api/respond', () => {
  it('answers without a clip, and says that it did', async () => {
    const running = await start();
    const clipId = 'c0ffee00-0000-4000-8000-000000000000';
    const events = await eventsOf<RespondEvent>(
      await respond(running, { clipId, dialogue: { history: [], input: 'I lost my keys.' } }),
    );
    expect(events[0]).toEqual({ type: 'respond-start', withClip: false });
    expect(events.at(-1)?.type).toBe('respond-end');
  });

  it('says that more words are said than the model can read', async () => {
    const history = Array(16).fill({ role: 'speaker', utterance: 'and then '.repeat(100) });
    const events = await eventsOf<RespondEvent>(await respond(await start(), { dialogue: { history, input: 'And?' } }));
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'TOO_LONG' } });
  });

  it.each([
    ['no dialogue', {}],
    ['no words', { dialogue: { history: [], input: ' ' } }],
    ['a strange role', { dialogue: { history: [{ role: 'system', utterance: 'x' }], input: 'x' } }],
    ['more than it knows', { dialogue: { history: [], input: 'x' }, clip: '/etc/passwd' }],
    ['too long a history', { dialogue: { history: Array(99).fill({ role: 'speaker', utterance: 'x' }), input: 'x' } }],
  ])('refuses %s', async (_, body) => {
    await expectRefusal(await respond(await start(), body), 400, 'BAD_REQUEST');
  });
});

describe('the server', () => {
  it('tells how it is, and gives the sample clip', async () => {
    const { address } = await start();
    expect(await (await fetch(`${address}/api/health`)).json()).toMatchObject({
      status: 'ok',
      model: { preset: 'tiny' },
      load: idle,
    });
    expect(await (await fetch(`${address}/api/sample`)).json()).toMatchObject({ words, clip: '/api/sample/clip' });
    expect(Buffer.from(await (await fetch(`${address}/api/sample/clip`)).arrayBuffer())).toEqual(sampleBytes);
  });

  it('answers with headers that forbid everything', async () => {
    const { address } = await start();
    const { headers } = await fetch(`${address}/api/health`);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';/);
    expect(headers.get('content-security-policy')).not.toMatch(/self|unsafe|https?:|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const stream = await respond(server as ListeningServer, { dialogue: { history: [], input: 'Hello.' } });
    expect(stream.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    await stream.text();
  });

  it.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2f..%2fpackage.json',
    '/index.js',
    '//etc/passwd',
    '/.env',
  ])('gives no file at %s', async (path) => {
    const running = await start();
    const socket = await send(running, `GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
    expect(await answerOf(socket)).toMatch(/^HTTP\/1.1 4\d\d /);
  });

  it('answers neither other names nor other sites', async () => {
    const running = await start();
    const rebound = await send(running, 'GET / HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n');
    expect(await answerOf(rebound)).toMatch(/^HTTP\/1.1 403 /);
    const request = [
      'POST /api/respond HTTP/1.1',
      'host: localhost',
      'sec-fetch-site: cross-site',
      'content-length: 0',
    ];
    const foreign = await send(running, `${request.join('\r\n')}\r\nconnection: close\r\n\r\n`);
    expect(await answerOf(foreign)).toMatch(/^HTTP\/1.1 403 /);
  });
});

const partHead = '--b\r\ncontent-disposition: form-data; name="clip"; filename="clip.mp4"\r\n\r\n';

function requestHead(length: string): string {
  return [
    'POST /api/analyze HTTP/1.1',
    'host: localhost',
    'content-type: multipart/form-data; boundary=b',
    'connection: close',
    `${length}\r\n\r\n`,
  ].join('\r\n');
}

/** Sends bytes as they are. */
async function send({ port }: ListeningServer, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined); // a server may hang up on whoever does not behave
  socket.write(text);
  await sleep(20);
  return socket;
}

/** What comes back until the server hangs up, at most five seconds. */
async function answerOf(socket: Socket): Promise<string> {
  let answer = '';
  socket.setTimeout(5000, () => socket.destroy());
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
    if (answer.includes('\r\n\r\n')) socket.destroy();
  });
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  return answer;
}
