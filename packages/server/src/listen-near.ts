import type { FastifyInstance } from 'fastify';

/** Listens at `port`, or at any free one where that is taken. @returns the address for a browser */
export async function listenNear(server: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return await server.listen({ host, port: 0 });
  }
}
