import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChatEndpointOptions } from '@nano-emox/tensor-contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAiCompatibleExtractor, openAiCompatibleJudge } from './openai-compatible';

type Handler = (response: ServerResponse, request: IncomingMessage) => void;

interface Received {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: { model: string; temperature: number; messages: { role: string; content: string }[] };
}

const question = { about: 'clues', gold: 'He smiles.', prediction: 'She frowns.' } as const;
const reply =
  (content: unknown): Handler =>
  (response) =>
    response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content } }] }));
const refuse =
  (status: number, text = 'refused', headers = {}): Handler =>
  (response) =>
    response.writeHead(status, headers).end(text);

/** A real service that answers each request by the next handler, the last one for ever. */
let server: Server;
let handlers: Handler[];
let received: Received[];
let options: ChatEndpointOptions;

beforeEach(async () => {
  [handlers, received] = [[], []];
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    received.push({ path: request.url, authorization: request.headers.authorization, body: JSON.parse(text) });
    const handler = handlers.length > 1 ? handlers.shift() : handlers[0];
    handler?.(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  options = { endpoint: `http://127.0.0.1:${port}/v1/`, model: 'm', apiKey: 'secret-key', retryDelayMs: 1 };
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('openAiCompatibleJudge', () => {
  it('sends nothing until it is asked, and then one question', async () => {
    handlers = [reply('Score: 7')];
    const judge = openAiCompatibleJudge(options);
    expect(received).toEqual([]);
    expect(await judge.compare(question)).toEqual({ score: 7, reply: 'Score: 7' });
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ path: '/v1/chat/completions', authorization: 'Bearer secret-key' });
    expect(received[0]?.body).toMatchObject({ model: 'm', temperature: 0 });
    expect(received[0]?.body.messages[1]?.content).toContain('He smiles.');
  });

  it('gives no score for a reply without a number', async () => {
    handlers = [reply('I cannot say.')];
    expect(await openAiCompatibleJudge(options).compare(question)).toEqual({
      score: undefined,
      reply: 'I cannot say.',
    });
  });

  it('tries again when the service is busy, broken or gone for a moment', async () => {
    const hangUp: Handler = (_, request) => request.socket.destroy();
    handlers = [refuse(500), refuse(429, 'slow down', { 'retry-after': '0' }), hangUp, reply('3')];
    expect((await openAiCompatibleJudge(options).compare(question)).score).toBe(3);
    expect(received).toHaveLength(4);
  });

  it('gives up after the retries', async () => {
    handlers = [refuse(503, 'overloaded')];
    await expect(openAiCompatibleJudge({ ...options, maxRetries: 2 }).compare(question)).rejects.toMatchObject({
      code: 'ENDPOINT_FAILED',
      status: 503,
      attempts: 3,
    });
  });

  it('does not repeat what was refused, and never tells the key', async () => {
    handlers = [refuse(401, 'wrong key secret-key')];
    const error = await openAiCompatibleJudge(options)
      .compare(question)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ENDPOINT_FAILED', status: 401, attempts: 1 });
    expect(String(error)).toContain('wrong key …');
    expect(JSON.stringify(error) + String(error)).not.toContain('secret-key');
  });

  it.each([
    ['no JSON', (response: ServerResponse) => void response.end('<html>')],
    ['other JSON', (response: ServerResponse) => void response.end('null')],
    ['content that is no text', reply(5)],
  ] as [string, Handler][])('refuses %s', async (_, handler) => {
    handlers = [handler];
    await expect(openAiCompatibleJudge(options).compare(question)).rejects.toMatchObject({ status: 200, attempts: 1 });
  });

  it('does not wait longer than it may', async () => {
    handlers = [() => undefined];
    const judge = openAiCompatibleJudge({ ...options, timeoutMs: 30, maxRetries: 1 });
    const error = await judge.compare(question).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ENDPOINT_FAILED', attempts: 2 });
    expect(String(error)).toContain('no answer within 30 ms');
  });

  it.each(['of the endpoint', 'of the call'])('ends at once by the signal %s, also between retries', async (whose) => {
    const abort = new AbortController();
    handlers = [
      (response, request) => {
        refuse(500)(response, request);
        setTimeout(() => abort.abort(), 20);
      },
    ];
    const endpointSignal = whose === 'of the endpoint' ? { signal: abort.signal } : {};
    const judge = openAiCompatibleJudge({ ...options, ...endpointSignal, retryDelayMs: 60_000 });
    const verdict = judge.compare(question, whose === 'of the call' ? { signal: abort.signal } : {});
    await expect(verdict).rejects.toMatchObject({ code: 'ABORTED' });
    expect(received).toHaveLength(1);
  });

  it('ends a request under way by the signal', async () => {
    const abort = new AbortController();
    handlers = [() => abort.abort()];
    const judge = openAiCompatibleJudge({ ...options, signal: abort.signal });
    await expect(judge.compare(question)).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('says that nobody listens', async () => {
    const judge = openAiCompatibleJudge({ ...options, endpoint: 'http://127.0.0.1:1', maxRetries: 0 });
    await expect(judge.compare(question)).rejects.toMatchObject({ code: 'ENDPOINT_FAILED', status: undefined });
  });

  it('takes another fetch, and no key', async () => {
    handlers = [reply('2')];
    const seen: unknown[] = [];
    const send: typeof fetch = (input, init) => {
      seen.push(input);
      return fetch(input, init);
    };
    const { apiKey: _, ...keyless } = options;
    expect((await openAiCompatibleJudge({ ...keyless, fetch: send }).compare(question)).score).toBe(2);
    expect(seen).toEqual([`${options.endpoint}chat/completions`]);
    expect(received[0]?.authorization).toBeUndefined();
  });

  it.each(['', 'localhost:80', 'ftp://host', 'not an address'])('refuses the address %j', (endpoint) => {
    expect(() => openAiCompatibleJudge({ ...options, endpoint })).toThrow('is not an http(s) address');
  });
});

it.each([
  ['[Happy, "don\'t care", happy]', ['happy', "don't care"]],
  ['Output: [sad]', ['sad']],
  ['[]', []],
  ['nothing', []],
])('openAiCompatibleExtractor reads %j', async (text, labels) => {
  handlers = [reply(text)];
  expect(await openAiCompatibleExtractor(options).extract('He smiles.')).toEqual(labels);
});
