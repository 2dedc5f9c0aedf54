import { once } from 'node:events';
import { connect } from 'node:net';
import { NanoEmoX } from 'nano-emox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListeningServer } from '../../../../tooling/listening-server';
import { startDemo } from '../__testing__/start-demo';

let model: NanoEmoX;
let demo: ListeningServer;
beforeAll(async () => {
  model = await NanoEmoX.fromPretrained('tiny');
  demo = await startDemo(model);
});
afterAll(async () => {
  await demo.close();
  await model.dispose();
});

describe('the page', () => {
  it('is sent with headers that forbid everything from elsewhere', async () => {
    const { headers, status } = await fetch(demo.address);
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy');
    expect(policy).toMatch(/default-src 'none'.*script-src 'self'/);
    expect(policy).toMatch(/base-uri 'none'.*frame-ancestors 'none'/);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('permissions-policy')).toContain('camera=(self)');
  });

  it('lets one script compile WebAssembly, and no page', async () => {
    const policyOf = async (path: string) => {
      const { status, headers } = await fetch(`${demo.address}${path}`);
      expect(status).toBe(200);
      return headers.get('content-security-policy');
    };
    expect(await policyOf('/live')).toBe(await policyOf('/'));
    expect(await policyOf('/live-worker.js')).toBe(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
    );
    for (const path of ['/live.js', '/page.js']) expect(await policyOf(path)).not.toContain('unsafe');
  });

  it('sends the face encoder of the tiny model and what it runs on', async () => {
    const config = await fetch(`${demo.address}/live/model/config.json`);
    expect(await config.json()).toMatchObject({ component: 'face-encoder' });
    const weights = await fetch(`${demo.address}/live/model/model.safetensors`, { method: 'HEAD' });
    expect(weights.status).toBe(200);
    const wasm = await fetch(`${demo.address}/ort-wasm-simd-threaded.wasm`, { method: 'HEAD' });
    expect(wasm.headers.get('content-type')).toBe('application/wasm');
  });

  it('stands beside the interface of the server', async () => {
    const health = await (await fetch(`${demo.address}/api/health`)).json();
    expect(health).toMatchObject({ status: 'ok', model: { preset: 'tiny' } });
  });

  it.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2f..%2fpackage.json',
    '/server/main.js',
    '//etc/passwd',
    '/.env',
  ])('gives no file at %s', async (path) => {
    const socket = connect(demo.port, '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
    const [answer] = (await once(socket.setEncoding('latin1'), 'data')) as [string];
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1.1 4\d\d /);
  });
});
