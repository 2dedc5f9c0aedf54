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

describe('a hostile template', () => {
  const doubled = (start: string, times: number) => `{% set a = ${start} %}${'{% set a = a + a %}'.repeat(times)}`;

  it.each([
    ['loops without end', '{% for a in range(99999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}'],
    ['asks for a list that fills the memory', '{% for a in range(99999999999) %}{% endfor %}'],
    ['asks for a list of infinitely many', '{% for a in range(0, 1, 0) %}{% endfor %}'],
    ['doubles a text', `${doubled("'x'", 40)}{{ a }}`],
    ['doubles a list', `${doubled('[1]', 40)}{{ a | length }}`],
    ['keeps many long texts', `${doubled("'x'", 20)}{% for i in range(9999) %}{% set b = a | upper %}{% endfor %}`],
    ['puts a text into itself', `${doubled("'x'", 20)}{{ a.replace('x', a) }}`],
    ['has too much to parse', ' '.repeat(500_001)],
  ])('that %s is refused, quickly', (_, source) => {
    const startedMs = performance.now();
    const error = (() => {
      try {
        return ChatTemplate.parse(source, 'here.gguf').render([user]);
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toMatchObject({ code: expect.stringMatching(/^INVALID_(FILE|ARGUMENT)$/) });
    expect(performance.now() - startedMs).toBeLessThan(4_000);
  });

  it('that calls itself is refused', () => {
    const template = ChatTemplate.parse('{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}');
    expect(() => template.render([user])).toThrow(InvalidArgumentError);
  });

  it('is not taken for a long conversation', () => {
    const messages = Array.from({ length: 2_000 }, (_, index) => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      content: 'So it goes. '.repeat(100),
    }));
    expect(template.render(messages)).toHaveLength(2_000 * 1_200 + 1_000 * 6 + 1_000 * 11 + 11);
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
