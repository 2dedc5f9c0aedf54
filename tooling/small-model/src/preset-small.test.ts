import { taskIds } from '@nano-emox/tasks';
import { NanoEmoX, presets } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const VARIABLE = 'NANO_EMOX_SMALL_GGUF';
const file = process.env[VARIABLE];
const title = `the preset small${file ? '' : ` (skipped: ${VARIABLE} does not name SmolLM2-135M-Instruct.Q4_1.gguf)`}`;

describe.skipIf(!file)(title, { timeout: 600_000 }, () => {
  let model: NanoEmoX;
  beforeAll(async () => {
    model = await NanoEmoX.assemble(presets.small, { languageModel: file as string, encoders: 'tiny' });
  }, 600_000);
  afterAll(() => model?.dispose());

  it('answers the six tasks about a clip', async () => {
    const { path, words } = sampleClip;
    const { tasks, model: about } = await model.analyze(path, { words, sampling: { maxNewTokens: 8 } });
    expect(about.preset).toBe('small');
    expect(Object.keys(tasks)).toEqual(taskIds);
    for (const { text } of Object.values(tasks)) expect(text.length).toBeGreaterThan(0);
  });

  it('still is the instruct model it was made of', async () => {
    const { languageModel } = model.components;
    const prompt = languageModel.chatPrompt([{ role: 'user', content: 'What is the capital of France?' }]);
    let answer = '';
    for await (const { text } of languageModel.generate(prompt, [], { maxNewTokens: 32 })) answer += text;
    expect(answer).toBe('The capital of France is Paris.');
  });
});
