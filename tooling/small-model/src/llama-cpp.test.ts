import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileSha256 } from '@nano-emox/engine/checkpoints';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agrees, compareGreedy } from './agreement';
import { type OurModel, openOurModel } from './our-model';
import { prompts } from './prompts';
import type { Reference } from './reference';

const VARIABLE = 'NANO_EMOX_SMALL_GGUF';
const file = process.env[VARIABLE];
const fixture = new URL('./__fixtures__/llama-cpp.json', import.meta.url);
const { about, cases } = JSON.parse(readFileSync(fixture, 'utf8')) as Reference;

it('the recorded tokens are those of the prompts', () => {
  expect(cases.map(({ prompt }) => prompt)).toEqual(prompts);
  for (const { ids, float32Ids } of cases) expect([ids.length, float32Ids.length]).toEqual([64, 64]);
});

const title = `tokens of llama.cpp${file ? '' : ` (skipped: ${VARIABLE} does not name ${about.file})`}`;
describe.skipIf(!file)(title, { timeout: 600_000 }, () => {
  let model: OurModel;
  beforeAll(async () => {
    expect(await fileSha256(file as string)).toBe(about.sha256);
    model = await openOurModel(file as string, availableParallelism());
  }, 600_000);
  afterAll(() => model?.dispose());

  // Oracle: llama.cpp on the same weights, computed in float32.
  it.each(cases)('$prompt', async ({ prompt, promptIds, float32Ids }) => {
    const text = model.chatText(prompt);
    expect(model.encode(text)).toEqual(promptIds);
    const agreement = await compareGreedy(
      model,
      text,
      float32Ids.map((id) => ({ id })),
    );
    expect(agrees(agreement), JSON.stringify(agreement)).toBe(true);
  });
});
