import type { FastifyRequest } from 'fastify';

/** Whether a client asks for one JSON document; all others get events. */
export function wantsDocument({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const types = (headers.accept ?? '').split(',').map((type) => type.split(';')[0]?.trim().toLowerCase());
  return types.includes('application/json') && !types.includes('text/event-stream');
}
