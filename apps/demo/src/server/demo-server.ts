import { fileURLToPath } from 'node:url';
import serveFiles from '@fastify/static';
import { createEmotionServer, type EmotionServerOptions, type PagePolicy } from '@nano-emox/server';
import type { FastifyInstance } from 'fastify';

/** The built page beside the built server. */
const builtPage = fileURLToPath(new URL('../page/', import.meta.url));

/** The page is of one origin; it shows frames that it was sent and clips that were just chosen. */
const pagePolicy: PagePolicy = {
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  fontSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  mediaSrc: ["'self'", 'blob:'],
  connectSrc: ["'self'"],
};

export interface DemoServerOptions extends Omit<EmotionServerOptions, 'pagePolicy'> {
  /** Folder of the built page. @default beside the built server */
  readonly pageFolder?: string;
}

/** The page and the server behind it, which does not listen yet. */
export async function createDemoServer({
  pageFolder = builtPage,
  ...options
}: DemoServerOptions): Promise<FastifyInstance> {
  const app = await createEmotionServer({ ...options, pagePolicy });
  // Every file has a route of its own, made at start: no address is ever turned into a path.
  await app.register(serveFiles, { root: pageFolder, wildcard: false, index: ['index.html'], cacheControl: false });
  return app;
}
