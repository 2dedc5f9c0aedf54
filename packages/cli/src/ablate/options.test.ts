import { type ArgsDef, parseArgs } from 'citty';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error';
import { ablateCommand } from './command';
import { readAblateOptions } from './options';

const definitions = ablateCommand.args as ArgsDef;
const read = (...args: string[]) => readAblateOptions(parseArgs(args, definitions)._, args, definitions);

describe('options of ablate', () => {
  it('are the comparison of the paper by default', () => {
    expect(read()).toEqual({
      curricula: ['p2e', 'joint', 'reverse'],
      ablations: [],
      seeds: [1, 2, 3],
      stepsScale: 1,
      out: 'runs/ablation',
      device: 'auto',
      command: 'nano-emox ablate',
      json: false,
      quiet: false,
      verbose: false,
    });
  });

  it('take lists', () => {
    expect(read('--curriculum', 'joint, p2e,joint', '--ablation=no-face,lora-rank-4', '--seeds', '2')).toMatchObject({
      curricula: ['joint', 'p2e'],
      ablations: ['no-face', 'lora-rank-4'],
      seeds: [1, 2],
    });
  });

  it('compare ablations with the curriculum of the paper, or with one another', () => {
    expect(read('--ablation', 'no-face').curricula).toEqual(['p2e']);
    expect(read('--curriculum', '', '--ablation', 'no-face').curricula).toEqual([]);
  });

  it.each([
    [['--curriculum', 'p2e,backwards'], 'no curriculum "backwards"'],
    [['--seeds', '0'], '--seeds is "0"'],
    [['--steps-scale', '-1'], '--steps-scale is "-1"'],
    [['--from', 'tiny', '--base', 'runs/x'], 'both given'],
    [['--from', 'tiny', '--data', 'x'], 'both given'],
    [['p2e'], '"p2e" belongs to no option'],
    [['--wheels', 'x'], 'no option --wheels'],
  ])('%j is a usage error', (args, message) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(message);
  });
});
