import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import { RequestError } from './errors';

/** Names under which a browser on this machine reaches a loopback server. */
const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/**
 * Headers that keep the page to itself – no inline code, nothing from elsewhere, in no frame – and a guard against other
 * sites that make a visitor's browser talk to this server.
 * @param isLoopback whether only this machine reaches the server; then other host names are a rebinding attack
 */
export async function addSecurity(app: FastifyInstance, { isLoopback }: { isLoopback: boolean }): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        mediaSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false, // plain HTTP, on this machine
    referrerPolicy: { policy: 'no-referrer' },
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('permissions-policy', 'camera=(self), microphone=(self), geolocation=()');
    const site = request.headers['sec-fetch-site'];
    const isForeignHost = isLoopback && !loopbackNames.has(request.hostname);
    const isForeignCall = request.url.startsWith('/api/') && (site === 'cross-site' || site === 'same-site');
    if (isForeignHost || isForeignCall) throw new RequestError(403, 'FORBIDDEN');
  });
}
