import { parseArgs } from 'citty';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error';
import { chatCommand } from './command';
import { readChatOptions } from './options';

const definitions = chatCommand.args as Parameters<typeof parseArgs>[1];
const read = (...args: string[]) => readChatOptions(parseArgs(args, definitions)._, args, definitions);

describe('options of chat', () => {
  it('have defaults', () => {
    expect(read()).toEqual({
      historyTurns: 6,
      hideChain: false,
      model: 'tiny',
      device: 'auto',
      precision: 'float32',
      json: false,
      quiet: false,
      verbose: false,
    });
  });

  it('are read with a clip', () => {
    const options = read('--hide-chain', 'talk.mp4', '--words', ' so ', '--history', '0', '--background=At school');
    expect(options).toMatchObject({
      clip: { path: 'talk.mp4' },
      words: 'so',
      historyTurns: 0,
      background: 'At school',
    });
    expect(read('--sample').clip).toBe('sample');
  });

  it.each([
    [['a.mp4', 'b.mp4'], 'several clips'],
    [['a.mp4', '--sample'], '--sample and a clip'],
    [['--words', 'x'], 'no clip in which'],
    [['--history', '-1'], '--history is "-1"'],
    [['--hide-chian'], 'no option --hide-chian'],
  ])('%j is a usage error', (args, message) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(message);
  });
});
