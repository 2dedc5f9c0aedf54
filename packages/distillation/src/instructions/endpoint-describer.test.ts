import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emotionLabelSets, endpointDescriber, type LabelledMedia, readInstructions, writeInstructions } from '../index';

const root = await mkdtemp(join(tmpdir(), 'endpoint-'));
afterAll(() => rm(root, { recursive: true }));
const image = join(root, 'a.png');
await writeFile(image, Buffer.from([0x89, 0x50, 0x4e, 0x47]));

const classes = emotionLabelSets.emotion6;
const sample: LabelledMedia = { id: 'a', media: { image }, label: 'fear' };
const good = {
  elements: 'A narrow corridor without windows, a single lamp, a shadow at its end.',
  reasoning: 'There is no way out and something is hidden, so one expects harm.',
};

/** A real service that answers each request by the next text, the last one for ever; a number is a status. */
let server: Server;
let replies: (string | number)[];
let received: { messages: { content: string | Part[] }[] }[];
interface Part {
  readonly text?: string;
  readonly image_url?: { readonly url: string };
}
const partsOf = (request: number): readonly Part[] => (received[request]?.messages[1]?.content ?? []) as Part[];
let endpoint: string;
beforeEach(async () => {
  [replies, received] = [[], []];
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    received.push(JSON.parse(text));
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    if (typeof reply === 'number') response.writeHead(reply).end('refused');
    else response.end(JSON.stringify({ choices: [{ message: { content: reply } }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const describer = (options = {}) => endpointDescriber({ endpoint, model: 'eye', retryDelayMs: 1, ...options });
const describeSample = (options = {}, given = sample) => describer(options).describe(given, classes, {});

describe('endpointDescriber', () => {
  it('shows picture, emotion and classes, and reads the answer', async () => {
    replies = [JSON.stringify(good)];
    expect(await describeSample()).toEqual(good);
    const [system] = received[0]?.messages ?? [];
    expect(system?.content).toContain('Never write the name of the emotion');
    const [text, picture] = partsOf(0);
    expect(text?.text).toBe(`The emotion is "fear", one of ${classes.join(', ')}.`);
    expect(picture?.image_url?.url).toBe('data:image/png;base64,iVBORw==');
  });

  it('reads an object that is wrapped in words', async () => {
    replies = [`Here you are:\n\`\`\`json\n${JSON.stringify(good)}\n\`\`\``];
    expect(await describeSample()).toEqual(good);
  });

  it.each([
    ['I see a corridor.', 'is not a JSON object'],
    ['[1, 2]', 'is not a JSON object'],
    ['{"elements": "x"', 'is not a JSON object'],
    [JSON.stringify({ elements: good.elements }), 'has no text in "reasoning"'],
    [JSON.stringify({ ...good, elements: 5 }), 'has no text in "elements"'],
    [JSON.stringify({ ...good, elements: 'short' }), 'has 5 characters in "elements"'],
    [JSON.stringify({ ...good, mood: 'dark' }), 'has an unknown field "mood"'],
    [
      JSON.stringify({ ...good, reasoning: `${good.reasoning} It is Fear.` }),
      'names the emotion "fear" in "reasoning"',
    ],
  ])('asks again with what was wrong about %j', async (reply, problem) => {
    replies = [reply, JSON.stringify(good)];
    expect(await describeSample()).toEqual(good);
    expect(received).toHaveLength(2);
    const [text] = partsOf(1);
    expect(text?.text).toContain(`Your last answer ${problem}`);
  });

  it('gives up on one that never describes', async () => {
    replies = ['no'];
    await expect(describeSample({ maxRepairs: 1 })).rejects.toMatchObject({
      code: 'ENDPOINT_FAILED',
      status: 200,
      attempts: 2,
    });
  });

  it('takes pictures from the caller, so that clips can be shown', async () => {
    replies = [JSON.stringify(good)];
    const frame = { mediaType: 'image/jpeg', bytes: Uint8Array.of(1, 2, 3) };
    await describeSample({ pictures: async () => [frame, frame] }, { ...sample, media: { video: 'a.mp4' } });
    expect(partsOf(0)).toHaveLength(3);
  });

  it.each([
    ['a clip without pictures', { video: 'a.mp4' }, { code: 'INVALID_ARGUMENT', argument: 'pictures' }],
    ['a picture of another format', { image: 'a.tiff' }, { code: 'INVALID_ARGUMENT', argument: 'pictures' }],
    ['an absent picture', { image: join(root, 'absent.png') }, { code: 'MISSING_FILE' }],
  ])('refuses %s before it asks', async (_, media, error) => {
    await expect(describeSample({}, { ...sample, media })).rejects.toMatchObject(error);
    expect(received).toEqual([]);
  });
});

describe('writeInstructions with an endpoint', () => {
  const path = () => join(root, `${endpoint.split(':')[2]?.split('/')[0]}.jsonl`);
  const samples = [sample, { ...sample, id: 'b' }, { ...sample, id: 'c' }];
  const write = (options = {}) =>
    writeInstructions({
      path: path(),
      samples,
      classes,
      concurrency: 1,
      describer: describer({ maxRepairs: 0 }),
      ...options,
    });

  it('skips what gets no description, and writes it the next time', async () => {
    replies = [JSON.stringify(good), 'no idea', JSON.stringify(good)];
    expect(await write()).toEqual({
      written: 2,
      present: 0,
      skipped: [{ id: 'b', problem: expect.stringContaining('is not a JSON object') }],
    });
    expect(await write()).toEqual({ written: 1, present: 2, skipped: [] });
    expect(received).toHaveLength(4);
    for await (const { source } of readInstructions(path())) expect(source).toBe('eye');
  });

  it('ends when the service refuses, and keeps what it has', async () => {
    replies = [JSON.stringify(good), 401];
    await expect(write()).rejects.toMatchObject({ code: 'ENDPOINT_FAILED', status: 401 });
    expect(received).toHaveLength(2);
    replies = [JSON.stringify(good)];
    expect(await write()).toMatchObject({ written: 2, present: 1 });
  });

  it('ends a request under way by the signal', async () => {
    const abort = new AbortController();
    const fetchThenAbort: typeof fetch = (input, init) => {
      queueMicrotask(() => abort.abort());
      return fetch(input, init);
    };
    replies = [JSON.stringify(good)];
    const asking = write({ signal: abort.signal, describer: describer({ fetch: fetchThenAbort }) });
    await expect(asking).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
