import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSafetensorsHeader } from '@nano-emox/engine/weights';
import { readLanguageCheckpoint } from '@nano-emox/lm-lora';
import { aroundLanguageModel, NanoEmoX, presets } from 'nano-emox';
import { modelParts } from 'nano-emox/convert';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CommandOutput } from '../interruptible';
import { convertCommand } from './command';
import { type ConvertChoice, runConvert } from './run-convert';

/** Files of the conversion's own tests (tooling/oracles/convert.py). */
const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../nano-emox/src/convert/__fixtures__/${name}`, import.meta.url));

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nano-emox-cli-convert-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function run(files: readonly string[], choice: Partial<ConvertChoice>) {
  const written = { stdout: '', stderr: '' };
  const output: CommandOutput = {
    stdout: {
      write(text) {
        written.stdout += text;
      },
    },
    stderr: {
      write(text) {
        written.stderr += text;
      },
    },
  };
  const nothing = { preset: undefined, part: undefined, storage: undefined, json: false, quiet: false, verbose: false };
  const code = await runConvert({ files, out: join(root, 'out'), format: 'model', ...nothing, ...choice }, output);
  return { code, ...written };
}

it('converts a language model with an adapter, and gives the adapter back', async () => {
  const out = join(root, 'lm');
  const made = await run([fixture('qwen2'), fixture('lora')], { out, part: 'language-model' });
  expect(made).toEqual({ code: 0, stdout: `language-model in ${out}\n`, stderr: '' });
  expect((await readdir(out)).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
  const adapter = join(root, 'adapter');
  const { code, stdout } = await run([out], { out: adapter, format: 'peft', json: true });
  expect({ code, ...JSON.parse(stdout) }).toEqual({ code: 0, folder: adapter, parts: ['lora'] });
  expect((await readdir(adapter)).sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
});

it('says what is missing, as a document on request', async () => {
  const { code, stdout, stderr } = await run([fixture('ckpt.pth')], { json: true });
  expect(code).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect(stderr).toContain('scene-encoder');
  const wrong = await run([fixture('ckpt.pth')], { part: 'video-adapter', preset: 'paper' });
  expect(wrong.stderr).toContain('video_query_tokens is [1,4,24] instead of [1,32,768]');
});

it('puts trained encoders in front of a language model, to be trained', async () => {
  const { config } = await readLanguageCheckpoint(fixture('qwen2'), { lora: { rank: 2 } });
  const preset = join(root, 'around.json');
  await writeFile(preset, JSON.stringify(aroundLanguageModel(presets.tiny, config)));
  const made = await run([fixture('qwen2')], { preset, encoders: 'tiny', storage: 'float16' });
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const out = join(root, 'out');
  const stored = await readSafetensorsHeader(join(out, 'audio-encoder', 'model.safetensors'));
  expect(new Set([...stored.entries.values()].map(({ dtype }) => dtype))).toEqual(new Set(['F16']));
  await using model = await NanoEmoX.fromPretrained(out, { workers: 0 });
  expect(model.components.faceEncoder.config.lmDim).toBe(config.hidden);
  const misfit = await run([fixture('qwen2')], { preset: 'small', encoders: 'tiny' });
  expect(misfit.code).toBe(1);
  expect(misfit.stderr).toContain('error [INVALID_CONFIG]');
});

it('offers the parts that there are', () => {
  expect(convertCommand.choices?.part).toEqual(modelParts);
});
