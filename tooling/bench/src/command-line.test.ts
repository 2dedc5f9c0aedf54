import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line';

describe('parseCommandLine', () => {
  it('runs everything by default, on all cores', () => {
    expect(parseCommandLine([], 2)).toMatchObject({
      sections: ['encoder', 'lora', 'full', 'train', 'tensorflow', 'precision', 'paper'],
      json: false,
      threads: 2,
    });
  });

  it('takes sections by name and options', () => {
    expect(parseCommandLine(['lora', 'encoder', '--json', '--rounds', '3'], 2)).toMatchObject({
      sections: ['encoder', 'lora'],
      json: true,
      rounds: 3,
    });
  });

  it('refuses what it does not know', () => {
    expect(() => parseCommandLine(['decoder'], 2)).toThrow(/no section decoder: choose from encoder/);
    expect(() => parseCommandLine(['--rounds', '0'], 2)).toThrow(/--rounds is 0/);
    expect(() => parseCommandLine(['--fast'], 2)).toThrow(TypeError);
  });
});
