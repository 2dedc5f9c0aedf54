import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder } from './index';

/** What a clone or an install may grow by; the limit of the project's plan. */
const MAX_SIZE_BYTES = 25_000_000;
const isTrained = existsSync(join(folder, 'config.json'));

function filesIn(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(path, entry.name)) : [join(path, entry.name)],
  );
}

describe('weights-tiny', () => {
  it('names a folder with the tokenizer of the language model', () => {
    const tokenizer = JSON.parse(readFileSync(join(folder, 'language-model', 'tokenizer.json'), 'utf8'));
    const special = tokenizer.added_tokens.map(({ content }: { content: string }) => content);
    expect(special).toContain('<|im_start|>');
    expect(special).toContain('<FaceHere>');
  });

  it('stays small', () => {
    const sizeBytes = filesIn(folder).reduce((sum, path) => sum + statSync(path).size, 0);
    expect(sizeBytes).toBeLessThanOrEqual(MAX_SIZE_BYTES);
  });

  it.skipIf(!isTrained)('holds a whole model: every component with configuration and weights', () => {
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    expect(config).toMatchObject({ component: 'nano-emox', preset: 'tiny' });
    const components = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(components).toHaveLength(7);
    for (const { name } of components) {
      expect(existsSync(join(folder, name, 'config.json')), name).toBe(true);
      expect(existsSync(join(folder, name, 'model.safetensors')), name).toBe(true);
    }
  });
});
