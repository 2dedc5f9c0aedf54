import { f32, type HostTensor } from '@nano-emox/tensor-contract';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { defineModule } from '../module/define-module';
import { linearLayer } from '../module/layers';
import { encodeSafetensors } from '../weights/safetensors-codec';
import { type ComponentDefinition, loadComponent } from './browser';

const definition: ComponentDefinition<{ readonly dim: number }, 'x', 'y'> = {
  type: 'toy',
  module: defineModule({
    name: 'Toy',
    inputs: () => ({ x: f32('batch', 'dim') }),
    outputs: () => ({ y: f32('batch', 'dim') }),
    forward: ({ x }, weights, { dim }) => ({ y: linearLayer(x, weights, dim, { bias: false }) }),
  }),
  resolveConfig: ({ dim = 1 }) => ({ dim }),
};

const url = 'https://models.example/toy';
const configText = JSON.stringify({ component: 'toy', formatVersion: 1, dim: 1 });
const weight: HostTensor = { type: 'float32', dims: [1, 1], data: Float32Array.of(3) };

/** A server that knows these files; a name that is not among them is answered with 404. */
function serve(files: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>): void {
  vi.stubGlobal('fetch', async (address: string) => {
    const body = files[address.slice(url.length + 1)];
    return body === undefined ? new Response(null, { status: 404 }) : new Response(body);
  });
}

afterEach(() => vi.unstubAllGlobals());

describe('a model folder behind an address', () => {
  it('is loaded and runs', async () => {
    serve({
      'config.json': configText,
      'model.safetensors': new Uint8Array(encodeSafetensors(new Map([['weight', weight]]))),
    });
    const toy = await loadComponent(definition, url);
    const { y } = await toy.run({ x: { type: 'float32', dims: [2, 1], data: Float32Array.of(1, 2) } });
    expect(y?.data).toEqual(Float32Array.of(3, 6));
    await toy.dispose();
  });

  it.each([
    ['cut off', configText.slice(0, 20), { code: 'INVALID_FILE', path: `${url}/config.json` }],
    ['not text', Uint8Array.of(0xff, 0xfe, 0), { code: 'INVALID_FILE', path: `${url}/config.json` }],
    ['null', 'null', { code: 'INVALID_CONFIG', field: 'config.json' }],
    ['of a later format', JSON.stringify({ formatVersion: 99 }), { code: 'INVALID_CONFIG', field: 'formatVersion' }],
  ])('is refused with a config.json that is %s', async (_, config, expected) => {
    serve({ 'config.json': config });
    await expect(loadComponent(definition, url)).rejects.toMatchObject(expected);
  });

  it('is refused with damaged weights', async () => {
    serve({ 'config.json': configText, 'model.safetensors': new Uint8Array(5) });
    await expect(loadComponent(definition, url)).rejects.toMatchObject({ code: 'INVALID_FILE' });
  });

  it('is missing where the server has no such file or does not answer', async () => {
    serve({ 'config.json': configText });
    const missing = { code: 'MISSING_FILE', path: `${url}/model.safetensors`, message: expect.stringContaining('404') };
    await expect(loadComponent(definition, url)).rejects.toMatchObject(missing);
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
    await expect(loadComponent(definition, url)).rejects.toMatchObject({ code: 'MISSING_FILE' });
  });

  it('is given up when the signal is aborted', async () => {
    const abort = new AbortController();
    vi.stubGlobal('fetch', async (_: string, { signal }: RequestInit) => {
      abort.abort();
      signal?.throwIfAborted();
    });
    await expect(loadComponent(definition, url, { signal: abort.signal })).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
