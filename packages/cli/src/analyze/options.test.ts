import { parseArgs } from 'citty';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error';
import { analyzeCommand } from './command';
import { readOptions } from './options';

const definitions = analyzeCommand.args as Parameters<typeof parseArgs>[1];
const read = (...args: string[]) => readOptions(parseArgs(args, definitions)._, args, definitions);

describe('options of analyze', () => {
  it('have defaults', () => {
    expect(read()).toEqual({
      clips: [],
      tasks: ['msa', 'mer', 'ovMer', 'eri', 'mir', 'erg'],
      model: 'tiny',
      device: 'auto',
      precision: 'float32',
      json: false,
      jsonl: false,
      timeline: false,
      attention: false,
      quiet: false,
      verbose: false,
    });
  });

  it('are read with clips before and behind them', () => {
    const options = read('a.mp4', '--tasks', 'ERG,ov-mer', '--threads=2', '--json', '--model', './tiny', 'b.mp4');
    expect(options).toMatchObject({
      clips: ['a.mp4', 'b.mp4'],
      tasks: ['ovMer', 'erg'],
      threads: 2,
      json: true,
      model: './tiny',
    });
  });

  it('take words that look like options, and no words at all', () => {
    expect(read('--words=--json', 'a.mp4')).toMatchObject({ words: '--json', json: false });
    expect(read('a.mp4', '--words', 'no! --').words).toBe('no! --');
    expect(read('a.mp4', '--words', '').words).toBe('');
  });

  it('take a clip whose name begins with dashes behind --', () => {
    expect(read('--json', '--', '--odd.mp4')).toMatchObject({ clips: ['--odd.mp4'], json: true });
  });

  it.each([
    [['--wrods', 'x'], 'no option --wrods'],
    [['-j'], 'no option -j'],
    [['--no-json'], 'no option --no-json'],
    [['--json=yes'], '--json takes no value'],
    [['--threads'], '--threads needs a value'],
    [['--model', '--json'], '--model needs a value'],
    [['--threads', 'two'], '--threads is "two"'],
    [['--threads', '0'], '--threads is "0"'],
    [['--device', 'gpu'], 'no device "gpu"'],
    [['--tasks', 'mer,joy'], 'no task "joy"'],
    [['--tasks', ''], 'no task ""'],
    [['--tasks', 'mer,v-oc'], 'vOc is asked of texts'],
    [['--emotion', 'joy'], '--emotion is for texts'],
    [['--words', 'a', '--words-file', 'b.txt'], 'both given'],
    [['a.mp4', 'b.mp4', '--words', 'x'], 'words of one clip'],
    [['--json', '--jsonl'], 'both given'],
    [['--html', ''], 'names no file'],
    [['--attention'], 'part of the HTML report'],
  ])('%j is a usage error', (args, message) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(message);
  });
});
