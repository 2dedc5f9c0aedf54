import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import multipart from '@fastify/multipart';
import serveFiles from '@fastify/static';
import Fastify, { type FastifyInstance } from 'fastify';
import type { NanoEmoX } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';
import type { HealthDocument, SampleDocument } from '../protocol';
import { addAnalyzeRoute } from './analyze-route';
import { ClipStore } from './clip-store';
import { RequestError, replyTo } from './errors';
import { defaultLimits, type Limits, WORDS_CHARS } from './limits';
import { PrivateFolder } from './private-folder';
import { RequestQueue } from './request-queue';
import { addRespondRoute } from './respond-route';
import { addSecurity } from './security';

/** The built page beside the built server. */
const builtPage = fileURLToPath(new URL('../page/', import.meta.url));
/** How often Node looks for requests that take too long to arrive. */
const CONNECTION_CHECK_MS = 1000;

export interface DemoServerOptions {
  /** Belongs to the caller, who disposes it after closing the server. */
  readonly model: NanoEmoX;
  readonly limits?: Partial<Limits>;
  /** Whether only this machine reaches the server; other host names are then refused. @default true */
  readonly isLoopback?: boolean;
  /** Where the folder for uploads is made. @default the system's folder for temporary files */
  readonly temporaryFolder?: string;
  /** Folder of the built page. @default beside the built server */
  readonly pageFolder?: string;
  /** Told about faults of the program; clients learn only that there was one. */
  readonly onDefect?: (error: unknown) => void;
}

/** What the routes share. */
export interface DemoContext {
  readonly model: NanoEmoX;
  readonly limits: Limits;
  readonly queue: RequestQueue;
  readonly folder: PrivateFolder;
  readonly clips: ClipStore;
  readonly onDefect: (error: unknown) => void;
}

/**
 * The demo as a server that does not listen yet. `close()` ends every request, stops the work for it and removes all files.
 * @example
 * const server = await createDemoServer({ model });
 * await server.listen({ host: '127.0.0.1', port: 0 });
 */
export async function createDemoServer(options: DemoServerOptions): Promise<FastifyInstance> {
  const { model, isLoopback = true, onDefect = () => undefined, pageFolder = builtPage } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const folder = await PrivateFolder.open(options.temporaryFolder);
  const clips = new ClipStore(limits);
  const context = { model, limits, queue: new RequestQueue(limits), folder, clips, onDefect };
  const app = Fastify({
    requestTimeout: limits.uploadMs,
    http: { connectionsCheckingInterval: CONNECTION_CHECK_MS, headersTimeout: Math.min(10_000, limits.uploadMs) },
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });
  app.setErrorHandler((error, _, reply) => {
    const { status, headers, document, isDefect } = replyTo(error);
    if (isDefect) onDefect(error);
    return reply.code(status).headers(headers).send({ error: document });
  });
  app.setNotFoundHandler(() => {
    throw new RequestError(404, 'NOT_FOUND');
  });
  app.addHook('onClose', async () => {
    clips.clear();
    await folder.dispose();
  });
  await addSecurity(app, { isLoopback });
  await app.register(multipart);
  // Every file has a route of its own, made at start: no address is ever turned into a path.
  await app.register(serveFiles, { root: pageFolder, wildcard: false, index: ['index.html'], cacheControl: false });
  await addInformation(app, context);
  addAnalyzeRoute(app, context);
  addRespondRoute(app, context);
  return app;
}

/** What the page asks before it begins. */
async function addInformation(app: FastifyInstance, { model, limits, queue }: DemoContext): Promise<void> {
  const sampleBytes = await readFile(sampleClip.path);
  app.get('/api/health', (): HealthDocument => {
    const { uploadBytes, runMs } = limits;
    return {
      status: 'ok',
      model: { preset: model.config.preset, device: model.device },
      limits: { uploadBytes, runMs, wordsChars: WORDS_CHARS },
      load: queue.load,
    };
  });
  app.get('/api/sample', (): SampleDocument => {
    return { name: 'sample-clip.mp4', words: sampleClip.words, clip: '/api/sample/clip' };
  });
  app.get('/api/sample/clip', (_, reply) => reply.type('video/mp4').send(sampleBytes));
}
