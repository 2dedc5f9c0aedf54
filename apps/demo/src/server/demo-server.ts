import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import serveFiles from '@fastify/static';
import { createEmotionServer, type EmotionServerOptions, type PagePolicy } from '@nano-emox/server';
import { folder as tinyModelFolder } from '@nano-emox/weights-tiny';
import type { FastifyInstance } from 'fastify';

/** The built page beside the built server. */
const builtPage = fileURLToPath(new URL('../page/', import.meta.url));

/** The pages are of one origin; they show frames that they were sent and clips that were just chosen. */
const pagePolicy: PagePolicy = {
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  fontSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  mediaSrc: ["'self'", 'blob:'],
  connectSrc: ["'self'"],
};

/** The one script that may compile WebAssembly, in a worker that has a policy of its own and reaches no document. */
const WORKER_ADDRESS = '/live-worker.js';
const workerPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

export interface DemoServerOptions extends Omit<EmotionServerOptions, 'pagePolicy'> {
  /** Folder of the built page. @default beside the built server */
  readonly pageFolder?: string;
}

/** The pages and the server behind them, which does not listen yet. */
export async function createDemoServer({
  pageFolder = builtPage,
  ...options
}: DemoServerOptions): Promise<FastifyInstance> {
  const app = await createEmotionServer({ ...options, pagePolicy });
  app.addHook('onRequest', async ({ routeOptions }, reply) => {
    if (routeOptions.url === WORKER_ADDRESS) reply.header('content-security-policy', workerPolicy);
  });
  // Every file has a route of its own, made at start: no address is ever turned into a path.
  const everyFile = { wildcard: false, cacheControl: false } as const;
  await app.register(serveFiles, { ...everyFile, root: pageFolder, index: ['index.html'] });
  app.get('/live', (_, reply) => reply.sendFile('live.html'));
  // Of the tiny model, whichever model answers here: it is fetched at once and runs many times a second.
  const encoderFolder = join(tinyModelFolder, 'face-encoder');
  await app.register(serveFiles, { ...everyFile, root: encoderFolder, prefix: '/live/model/', decorateReply: false });
  return app;
}
