import { type ArgsDef, parseArgs } from 'citty';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error';
import { evalCommand } from './command';
import { readEvalOptions } from './options';

const definitions = evalCommand.args as ArgsDef;
const read = (...args: string[]) => readEvalOptions(parseArgs(args, definitions)._, args, definitions);
const onSet = (...args: string[]) => read('--dataset', 'meld=data/MELD', ...args);

describe('options of eval', () => {
  it('name a data set and a file', () => {
    expect(onSet('--predictions', 'mine.csv', '--split=dev', '--tasks', 'mer,ERG')).toEqual({
      dataSet: { name: 'meld', folder: 'data/MELD', split: 'dev' },
      subject: { kind: 'predictions', file: 'mine.csv' },
      tasks: ['mer', 'erg'],
      command: 'nano-emox eval --dataset meld=data/MELD --predictions mine.csv --split=dev --tasks mer,ERG',
      format: 'text',
      json: false,
      quiet: false,
      verbose: false,
    });
  });

  it('or a model to ask', () => {
    expect(onSet('--model', 'tiny', '--limit', '5', '--words-only', '--out', 'a b.jsonl', '--markdown')).toMatchObject({
      subject: { kind: 'model', model: 'tiny', limit: 5, wordsOnly: true, out: 'a b.jsonl', device: 'auto' },
      format: 'markdown',
      command: expect.stringContaining('"a b.jsonl"'),
    });
  });

  it.each([
    [['--predictions', 'x.csv'], 'no data set'],
    [['--dataset', 'a=b', '--dataset', 'c=d', '--predictions', 'x.csv'], 'several data sets'],
    [['--dataset', 'meld', '--predictions', 'x.csv'], '--dataset is "meld"'],
    [['--dataset', 'a=b'], 'nothing to score'],
    [['--dataset', 'a=b', '--predictions', 'x.csv', '--model', 'tiny'], 'both given'],
    [['--dataset', 'a=b', '--predictions', 'x.csv', '--limit', '3'], '--limit is for asking a model'],
    [['--dataset', 'a=b', '--predictions', 'x.csv', '--words-only'], '--words-only is for asking a model'],
    [['--dataset', 'a=b', '--model', 'tiny', '--limit', '0'], '--limit is "0"'],
    [['--dataset', 'a=b', '--model', 'tiny', '--device', 'gpu'], 'no device "gpu"'],
    [['--dataset', 'a=b', '--model', 'tiny', '--tasks', 'joy'], 'no task "joy"'],
    [['--dataset', 'a=b', '--model', 'tiny', '--judge-model', 'x'], 'belong together'],
    [['--dataset', 'a=b', '--model', 'tiny', '--json', '--markdown'], 'both given'],
    [['--dataset', 'a=b', '--model', 'tiny', 'clip.mp4'], '"clip.mp4" belongs to no option'],
  ])('%j is a usage error', (args, message) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(message);
  });
});
