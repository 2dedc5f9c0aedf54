import { once } from 'node:events';
import { connect } from 'node:net';
import { NanoEmoX } from 'nano-emox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningDemo, startDemo } from '../__testing__/running-demo';

let model: NanoEmoX;
let demo: RunningDemo;
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
