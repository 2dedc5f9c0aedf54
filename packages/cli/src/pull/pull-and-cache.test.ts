import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineModule, linear, zeros } from '@nano-emox/engine';
import { type ComponentDefinition, createComponent } from '@nano-emox/engine/runtime';
import { readLanguageCheckpoint } from '@nano-emox/lm-lora';
import { f32 } from '@nano-emox/tensor-contract';
import { aroundLanguageModel, NanoEmoX, presets } from 'nano-emox';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HubServer } from '../../../hub/src/__testing__/hub-server';
import { runCli } from '../run-cli';

const commit = 'a'.repeat(40);
let server: HubServer;
let root: string;
let stdout: string;
let stderr: string;
beforeEach(async () => {
  server = await HubServer.start();
  const files = { 'config.json': '{}', 'model.bin': new Uint8Array(1_500_000).fill(7) };
  server.repositories.set('people/model', { commit, files });
  server.branches.set('main', commit);
  root = await mkdtemp(join(tmpdir(), 'nano-emox-cli-pull-'));
  vi.stubEnv('NANO_EMOX_CACHE', join(root, 'cache'));
  vi.stubEnv('HF_ENDPOINT', server.endpoint);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

async function run(...args: string[]) {
  stdout = '';
  stderr = '';
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
  try {
    return await runCli(args);
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

it('pulls, lists, checks and clears', async () => {
  expect(await run('cache', 'list')).toBe(0);
  expect(stdout).toMatch(/^Nothing is cached in .*hub\.\n$/);
  expect(await run('pull', 'people/model', '--to', join(root, 'mine'))).toBe(0);
  expect(stdout).toBe(`people/model aaaaaaaaaaaa 1.5 MB ${join(root, 'mine')}\n`);
  expect(await readFile(join(root, 'mine', 'config.json'), 'utf8')).toBe('{}');
  expect(await run('cache', 'list')).toBe(0);
  expect(stdout).toContain('people/model  1.5 MB\n  aaaaaaaaaaaa  2 files  1.5 MB  main\n');
  expect(await run('cache', 'verify', '--json')).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ files: 2, sizeBytes: 1_500_002, problems: [] });
  await run('pull', 'people/model', '--json', '--offline');
  const [{ folder }] = JSON.parse(stdout).repositories;
  await writeFile(join(folder, 'config.json'), '[]');
  expect(await run('cache', 'verify', '--remove')).toBe(1);
  expect(stdout).toContain('git-blob-sha1');
  expect(await run('pull', 'people/model', '--offline')).toBe(1);
  expect(stderr).toContain('error [MISSING_FILE]');
  expect(await run('cache', 'clear', 'people/model')).toBe(0);
  expect(stdout).toBe('Freed 1.5 MB.\n');
});

it('pulls the language model of a preset, which becomes a model with the encoders of another', async () => {
  // A small model of the same layout in its place.
  const layout = fileURLToPath(new URL('../../../lm-lora/src/__fixtures__/language-checkpoint/qwen2', import.meta.url));
  const files: Record<string, Uint8Array> = { 'README.md': new TextEncoder().encode('not needed') };
  for (const name of await readdir(layout)) files[name] = await readFile(join(layout, name));
  const repo = 'HuggingFaceTB/SmolLM2-135M-Instruct';
  const commit = 'b'.repeat(40);
  server.repositories.set(repo, { commit, files });
  server.branches.set('main', commit);
  const pulled = join(root, 'smollm2');
  expect(await run('pull', 'small', '--to', pulled)).toBe(0);
  expect((await readdir(pulled)).sort()).toEqual((await readdir(layout)).sort());
  expect(await run('pull', 'small', '--offline', '--json')).toBe(0);
  expect(JSON.parse(stdout).repositories[0]).toMatchObject({ repo, commit });

  const { config } = await readLanguageCheckpoint(pulled, { lora: { rank: 2 } });
  const preset = join(root, 'around.json');
  await writeFile(preset, JSON.stringify(aroundLanguageModel(presets.tiny, config)));
  const out = join(root, 'small');
  expect(await run('convert', pulled, '--preset', preset, '--encoders', 'tiny', '--out', out)).toBe(0);
  await using model = await NanoEmoX.fromPretrained(out, { workers: 0 });
  expect(model.components.languageModel.chatPrompt([{ role: 'user', content: 'Hi' }])).toHaveLength(1);
});

it('lists and clears compiled models', async () => {
  // Just above the size from which a compiled model is kept in a file.
  const definition: ComponentDefinition<{ width: number }, 'x', 'y'> = {
    type: 'wide',
    resolveConfig: () => ({ width: 4200 }),
    module: defineModule({
      name: 'Wide',
      inputs: ({ width }: { width: number }) => ({ x: f32('batch', width) }),
      outputs: ({ width }) => ({ y: f32('batch', width) }),
      forward: ({ x }, weights, { width }) => ({ y: linear(x, weights.get('weight', [width, width], zeros)) }),
    }),
  };
  const component = await createComponent(definition, {}, { workers: 0 });
  await component.warmUp();
  await component.dispose();
  expect(await run('cache', 'list')).toBe(0);
  expect(stdout).toMatch(/^compiled models {2}70\.6 MB\n {2}[0-9a-f]{12} {2}70\.6 MB {2}used [\d-]+\n.*graphs\n$/);
  await run('pull', 'people/model');
  expect(await run('cache', 'list', 'compiled', '--json')).toBe(0);
  const { repositories, compiled } = JSON.parse(stdout);
  expect({ repositories, models: compiled.models.length }).toEqual({ repositories: [], models: 1 });
  expect(await run('cache', 'clear', 'people/model')).toBe(0);
  expect(await readdir(join(root, 'cache', 'graphs'))).toEqual([compiled.models[0].name]);
  expect(await run('cache', 'clear')).toBe(0);
  expect(stdout).toBe('Freed 70.6 MB.\n');
  expect(await readdir(join(root, 'cache', 'graphs'))).toEqual([]);
  expect(await run('cache', 'list', 'compiled')).toBe(0);
  expect(stdout).toMatch(/^Nothing is cached in .*graphs\.\n$/);
});

it('says what went wrong', async () => {
  expect(await run('pull', 'people/absent', '--json')).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'ENDPOINT_FAILED' });
  expect(stderr).toContain('HF_TOKEN');
  server.faults.set('model.bin', { kind: 'content', content: new Uint8Array(1_500_000) });
  expect(await run('pull', 'people/model')).toBe(1);
  expect(stderr).toContain('sha256 is');
});

it.each([
  [['pull'], 'one repository or preset'],
  [['pull', 'a/b', 'c/d'], 'one repository or preset'],
  [['pull', 'tiny'], '@nano-emox/weights-tiny'],
  [['pull', 'paper', '--revision', 'v1'], 'paper is a preset'],
  [['cache'], 'no action ""'],
  [['cache', 'list', '--remove'], 'belongs to verify'],
  [['cache', 'verify', 'compiled'], 'not verified'],
  [['convert', '--out', 'x'], 'no files to convert'],
  [['convert', 'x'], 'no folder for the result'],
  [['convert', 'x', '--out', 'y', '--part', 'eyes'], 'no part "eyes"'],
  [['convert', 'x', 'z', '--out', 'y', '--encoders', 'tiny'], 'one language model'],
  [['convert', 'x', '--out', 'y', '--encoders', 'tiny', '--part', 'language-model'], 'one language model'],
])('%j is a usage error', async (args, message) => {
  expect(await run(...args)).toBe(2);
  expect(stderr).toContain(message);
});
