import { readFile } from 'node:fs/promises';
import multipart from '@fastify/multipart';
import Fastify, { type FastifyInstance } from 'fastify';
import type { NanoEmoX } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';
import { addAnalyzeRoute } from './analyze-route';
import { ClipStore } from './clip-store';
import { RequestError, replyTo } from './errors';
import { defaultLimits, type Limits, WORDS_CHARS } from './limits';
import { PrivateFolder } from './private-folder';
import type { HealthDocument, SampleDocument } from './protocol';
import { RequestQueue } from './request-queue';
import { addRespondRoute } from './respond-route';
import { addSecurity, type PagePolicy } from './security';

/** How often Node looks for requests that take too long to arrive. */
const CONNECTION_CHECK_MS = 1000;

export interface EmotionServerOptions {
  /** Belongs to the caller, who disposes it after closing the server. */
  readonly model: NanoEmoX;
  readonly limits?: Partial<Limits>;
  /** Whether only this machine reaches the server; other host names are then refused. @default true */
  readonly isLoopback?: boolean;
  /** Where the folder for uploads is made. @default the system's folder for temporary files */
  readonly temporaryFolder?: string;
  /** What pages that the caller adds may load, as directives of a content security policy. @default nothing */
  readonly pagePolicy?: PagePolicy;
  /** Told about faults of the program; clients learn only that there was one. */
  readonly onDefect?: (error: unknown) => void;
}

/** What the routes share. */
export interface ServerContext {
  readonly model: NanoEmoX;
  readonly limits: Limits;
  readonly queue: RequestQueue;
  readonly folder: PrivateFolder;
  readonly clips: ClipStore;
  readonly onDefect: (error: unknown) => void;
}

/**
 * A server that does not listen yet; routes of pages may be added to it. `close()` ends every request, stops the work for it and removes all files.
 * @example
 * const server = await createEmotionServer({ model });
 * await listenNear(server, '127.0.0.1', 4600); // http://127.0.0.1:4600
 */
export async function createEmotionServer(options: EmotionServerOptions): Promise<FastifyInstance> {
  const { model, isLoopback = true, onDefect = () => undefined, pagePolicy = {} } = options;
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
  await addSecurity(app, { isLoopback, pagePolicy });
  await app.register(multipart);
  await addInformation(app, context);
  addAnalyzeRoute(app, context);
  addRespondRoute(app, context);
  return app;
}

/** What clients ask before they begin. */
async function addInformation(app: FastifyInstance, { model, limits, queue }: ServerContext): Promise<void> {
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
