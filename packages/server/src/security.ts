import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import { RequestError } from './errors';

/** Names under which a browser on this machine reaches a loopback server. */
const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/** Directives of a content security policy, such as `{ scriptSrc: ["'self'"] }`; what is not named is forbidden. */
export type PagePolicy = Readonly<Record<string, readonly string[]>>;

/** Whether a server that listens at `host` is reached from this machine alone. */
export function isLoopbackHost(host: string): boolean {
  return host === '127.0.0.1' || host === 'localhost' || host === '::1';
}

/**
 * Headers that keep the page to itself – no inline code, nothing from elsewhere, in no frame – and a guard against other
 * sites that make a visitor's browser talk to this server.
 * @param isLoopback whether only this machine reaches the server; then other host names are a rebinding attack
 */
export async function addSecurity(
  app: FastifyInstance,
  { isLoopback, pagePolicy }: { readonly isLoopback: boolean; readonly pagePolicy: PagePolicy },
): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
        ...Object.fromEntries(Object.entries(pagePolicy).map(([directive, sources]) => [directive, [...sources]])),
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
