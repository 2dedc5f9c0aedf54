import { throwIfAborted } from './abort';
import type { RunOptions } from './components';
import { EndpointError } from './errors/endpoint';
import { InvalidArgumentError } from './errors/invalid-argument';

/** Where a language model answers, and how patient to be with it. */
export interface ChatEndpointOptions {
  /** Base address of an OpenAI-compatible service, e.g. `http://localhost:8000/v1`; `/chat/completions` is added. */
  readonly endpoint: string;
  /** Name of the model at the service. */
  readonly model: string;
  /** Sent as bearer token; never part of an error. Services on one's own machine often need none. */
  readonly apiKey?: string;
  /** Ends every request of this endpoint. */
  readonly signal?: AbortSignal;
  /** Longest wait for one answer. @default 60000 */
  readonly timeoutMs?: number;
  /** Further tries after no answer, status 408, 429 or 5xx. @default 4 */
  readonly maxRetries?: number;
  /** Pause before the first retry; doubles each time, unless the service says how long to wait. @default 500 */
  readonly retryDelayMs?: number;
  /** @default the global `fetch` */
  readonly fetch?: typeof fetch;
}

/** Longest pause before a retry, whatever the service asks for. */
const longestRetryDelayMs = 60_000;
/** How much of a refusal is quoted, in characters. */
const quotedLength = 200;

type Answer = { readonly text: string } | { readonly problem: string; readonly retryAfterMs?: number | undefined };

/** A piece of a question: words, or a picture by its address (`https:` or `data:image/png;base64,…`). */
export type ChatContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

/** One question, in words or in words and pictures; one answer. */
export type AskModel = (
  instruction: string,
  content: string | readonly ChatContentPart[],
  options?: RunOptions,
) => Promise<string>;

/**
 * Asks a language model behind an OpenAI-compatible endpoint, at temperature 0. Making it sends nothing.
 * @throws InvalidArgumentError for an address that is not http(s)
 * @returns a function that rejects with EndpointError when the service does not answer as asked, with AbortedError when a
 * signal is aborted
 */
export function chatEndpoint(options: ChatEndpointOptions): AskModel {
  const url = completionsUrl(options.endpoint);
  const { model, maxRetries = 4, retryDelayMs = 500 } = options;
  return async (instruction, content, call = {}) => {
    const signal = anySignal([options.signal, call.signal]);
    const messages = [
      { role: 'system', content: instruction },
      { role: 'user', content },
    ];
    const body = JSON.stringify({ model, temperature: 0, messages });
    for (let attempts = 1; ; attempts++) {
      throwIfAborted(signal, 'chatEndpoint');
      const { status, answer } = await request(url, body, options, signal);
      throwIfAborted(signal, 'chatEndpoint');
      if ('text' in answer) return answer.text;
      if (attempts > maxRetries || !isWorthRetrying(status)) throw failure(url, status, attempts, answer.problem);
      await pause(answer.retryAfterMs ?? retryDelayMs * 2 ** (attempts - 1), signal);
    }
  };
}

function completionsUrl(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return `${endpoint.replace(/\/+$/, '')}/chat/completions`;
  throw new InvalidArgumentError({
    message: `chatEndpoint: endpoint "${endpoint}" is not an http(s) address`,
    hint: 'Pass the base address of an OpenAI-compatible service, e.g. http://localhost:8000/v1.',
    argument: 'endpoint',
  });
}

async function request(
  url: string,
  body: string,
  { apiKey, timeoutMs = 60_000, fetch: send = fetch }: ChatEndpointOptions,
  signal: AbortSignal | undefined,
): Promise<{ readonly status: number | undefined; readonly answer: Answer }> {
  let status: number | undefined;
  try {
    const response = await send(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) },
      body,
      signal: anySignal([signal, AbortSignal.timeout(timeoutMs)]) as AbortSignal,
    });
    status = response.status;
    const text = await response.text();
    if (response.ok) return { status, answer: readCompletion(text) };
    const quote = (apiKey ? text.replaceAll(apiKey, '…') : text).slice(0, quotedLength);
    return { status, answer: { problem: `status ${status}: ${quote}`, retryAfterMs: retryAfterMs(response) } };
  } catch (cause) {
    const late = (cause as Error).name === 'TimeoutError';
    return { status, answer: { problem: late ? `no answer within ${timeoutMs} ms` : describe(cause) } };
  }
}

/** `fetch` says only "fetch failed" and keeps the reason, such as a refused connection, in its cause. */
const describe = (error: unknown) => String(((error as Error).cause as Error | undefined)?.message ?? error);

function readCompletion(text: string): Answer {
  try {
    const content: unknown = JSON.parse(text)?.choices?.[0]?.message?.content;
    if (typeof content === 'string') return { text: content };
  } catch {
    // Not JSON: told below, together with JSON of another shape.
  }
  return { problem: 'the answer has no choices[0].message.content' };
}

function retryAfterMs(response: Response): number | undefined {
  const seconds = response.headers.get('retry-after');
  return seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

/** No answer at all, too busy, or broken for the moment; a refusal or an answer of another shape stays what it is. */
const isWorthRetrying = (status: number | undefined) =>
  status === undefined || status === 408 || status === 429 || status >= 500;

function failure(url: string, status: number | undefined, attempts: number, problem: string): EndpointError {
  return new EndpointError({
    message: `chatEndpoint: ${url} failed after ${attempts} ${attempts === 1 ? 'request' : 'requests'}, ${problem}`,
    hint: 'Check address, model and key, and whether the service is running.',
    endpoint: url,
    status,
    attempts,
  });
}

function anySignal(signals: readonly (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length > 1 ? AbortSignal.any(given) : given[0];
}

/** Waits, or less when the signal is aborted meanwhile. */
function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, Math.min(delayMs, longestRetryDelayMs));
    signal?.addEventListener('abort', finish);
    if (signal?.aborted) finish();
  });
}
