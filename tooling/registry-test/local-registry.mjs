import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runServer } from 'verdaccio';

/**
 * Starts a real registry on a free port of the loopback interface. It knows the packages of this project from nowhere but its own
 * storage; all others come from `upstream`.
 * @param {string} folder where it keeps everything
 * @param {string} upstream registry of third-party packages
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startRegistry(folder, upstream) {
  mkdirSync(folder, { recursive: true });
  const own = { access: '$all', publish: '$all', unpublish: '$all' };
  const app = await runServer({
    self_path: join(folder, 'config.yaml'),
    configPath: join(folder, 'config.yaml'),
    storage: join(folder, 'storage'),
    auth: {},
    uplinks: { upstream: { url: upstream, cache: false, timeout: '60s', max_fails: 20 } },
    packages: { 'nano-emox': own, '@nano-emox/*': own, '**': { access: '$all', proxy: 'upstream' } },
    max_body_size: '200mb', // npm sends a package base64-encoded in one JSON document
    web: { enable: false },
    log: { type: 'stdout', level: 'fatal' },
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
