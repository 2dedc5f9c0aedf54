import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError, InvalidFileError } from '@nano-emox/tensor-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatTemplate } from './chat-template';
import { readChatTemplate } from './chat-template-file';

const turns = "{{ bos_token }}{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}{{ eos_token }}{% endfor %}";
const opening = '{% if add_generation_prompt %}[assistant]{% endif %}';
const template = ChatTemplate.parse(turns + opening);
const user = { role: 'user', content: 'Hi' };

describe('ChatTemplate', () => {
  it('writes messages and the beginning of an answer', () => {
    const options = { bosToken: '<s>', eosToken: '</s>' };
    expect(template.render([user], options)).toBe('<s>[user]Hi</s>[assistant]');
    expect(template.render([user], { ...options, addGenerationPrompt: false })).toBe('<s>[user]Hi</s>');
  });

  it('takes what is said as text, not as a template', () => {
    const content = '{{ 1 + 1 }}{% for x in messages %}';
    expect(template.render([{ role: 'user', content }])).toContain(content);
  });

  it('passes on what a template refuses', () => {
    const strict = ChatTemplate.parse("{{ raise_exception('no such role') }}");
    expect(() => strict.render([user])).toThrow(InvalidArgumentError);
    expect(() => strict.render([user])).toThrow('no such role');
    expect(() => template.render([])).toThrow(InvalidArgumentError);
  });

  it('refuses what is no template', () => {
    expect(() => ChatTemplate.parse('{% if %}', 'here.gguf')).toThrow(InvalidFileError);
    expect(() => ChatTemplate.parse('{% if %}', 'here.gguf')).toThrow('here.gguf');
  });
});

describe('readChatTemplate', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chat-template-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const sourceOf = async () => (await readChatTemplate(folder))?.source;
  const writeConfig = (chat_template: unknown) =>
    writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify({ chat_template }));

  it('finds it where it may be, the newer place first', async () => {
    expect(await sourceOf()).toBeUndefined();
    await writeConfig(null);
    expect(await sourceOf()).toBeUndefined();
    await writeConfig('one');
    expect(await sourceOf()).toBe('one');
    const named = [
      { name: 'tool_use', template: 'tools' },
      { name: 'default', template: 'usual' },
    ];
    await writeConfig(named);
    expect(await sourceOf()).toBe('usual');
    await writeFile(join(folder, 'chat_template.jinja'), 'file');
    expect(await sourceOf()).toBe('file');
  });
});
