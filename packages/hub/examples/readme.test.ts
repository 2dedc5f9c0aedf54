import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import { afterEach, expect, it, vi } from 'vitest';
import { HubServer } from '../src/__testing__/hub-server';

const read = async (file: string) => (await readFile(new URL(file, import.meta.url), 'utf8')).trim();

afterEach(() => vi.unstubAllEnvs());

it('the README shows the example as it is and prints what it prints', async () => {
  const server = await HubServer.start(); // stands for the hub
  const cache = await mkdtemp(join(tmpdir(), 'nano-emox-hub-example-'));
  const commit = 'e'.repeat(40);
  server.branches.set('main', commit);
  server.repositories.set('HuggingFaceTB/SmolLM2-135M-Instruct', {
    commit,
    files: { 'config.json': '{}', 'tokenizer.json': '{"model": {}}', 'model.safetensors': new Uint8Array(4000) },
  });
  vi.stubEnv('HF_ENDPOINT', server.endpoint);
  vi.stubEnv('NANO_EMOX_CACHE', cache);
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((...values) => void lines.push(format(...values)));
  await import('./pull');
  vi.restoreAllMocks();
  await server.stop();
  await rm(cache, { recursive: true, force: true });
  const readme = await read('../README.md');
  const example = (await read('pull.ts')).replace(/^\/\/ biome-ignore.*\n/, '');
  expect(readme).toContain(`\`\`\`ts\n${example}\n\`\`\``);
  expect(readme).toContain(`\`\`\`text\n${lines.join('\n')}\n\`\`\``);
});
