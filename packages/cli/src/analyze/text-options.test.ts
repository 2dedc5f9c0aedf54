import { parseArgs } from 'citty';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error';
import { analyzeCommand } from './command';
import { readTextOptions } from './text-options';

const definitions = analyzeCommand.args as Parameters<typeof parseArgs>[1];
const read = (...args: string[]) => readTextOptions(parseArgs(args, definitions)._, args, definitions);

describe('options of analyze for texts', () => {
  it('are none where no text is named', () => {
    expect(read('talk.mp4', '--words', 'Hm.')).toBeUndefined();
  });

  it('have defaults', () => {
    expect(read('--text', ' I passed! ')).toMatchObject({
      texts: ['I passed!'],
      tasks: ['msa', 'mer', 'ovMer', 'eri', 'mir', 'erg'],
      model: 'tiny',
      json: false,
      jsonl: false,
    });
  });

  it('take several texts, a file, and every task there is', () => {
    const options = read('--text', 'a', '--text=--b', '--texts', '-', '--tasks', 'V-oc,ei-reg,mer', '--emotion', 'joy');
    expect(options).toMatchObject({
      texts: ['a', '--b'],
      file: '-',
      tasks: ['mer', 'eiReg', 'vOc'],
      emotion: 'joy',
    });
  });

  it('leave the emotion to the lines of a file', () => {
    expect(read('--texts', 'lines.jsonl', '--tasks', 'eiOc')).not.toHaveProperty('emotion');
  });

  it.each([
    [['--text', ''], '--text is empty'],
    [['--texts', ''], '--texts names no file'],
    [['talk.mp4', '--text', 'a'], 'a clip and a text'],
    [['--text', 'a', '--words', 'b'], '--words is about clips'],
    [['--text', 'a', '--html', 'page.html'], '--html is about clips'],
    [['--text', 'a', '--timeline'], '--timeline is about clips'],
    [['--text', 'a', '--tasks', 'eiReg'], 'eiReg asks about one emotion'],
    [['--text', 'a', '--tasks', 'vOc', '--emotion', 'joy'], '--emotion is for eiReg and eiOc'],
    [['--text', 'a', '--tasks', 'eiOc', '--emotion', 'joy and fear'], 'is no emotion'],
    [['--text', 'a', '--tasks', 'joy'], 'no task "joy"'],
    [['--text', 'a', '--json', '--jsonl'], 'both given'],
  ])('%j is a usage error', (args, message) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(message);
  });
});
