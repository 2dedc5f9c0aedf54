import { type ArgsDef, parseArgs } from 'citty';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error';
import { trainCommand } from './command';
import { readTrainOptions } from './options';

const definitions = trainCommand.args as ArgsDef;
const read = (...args: string[]) => readTrainOptions(parseArgs(args, definitions)._, args, definitions);

describe('options of train', () => {
  it('have defaults', () => {
    expect(read()).toEqual({
      material: { kind: 'preset' },
      out: 'runs/tiny-p2e-seed-1',
      seed: 1,
      stepsScale: 1,
      device: 'auto',
      json: false,
      quiet: false,
      verbose: false,
    });
  });

  it('name the run folder after what is trained', () => {
    expect(read('--curriculum', 'joint', '--seed=3').out).toBe('runs/tiny-joint-seed-3');
    expect(read('--ablation', 'no-face').out).toBe('runs/tiny-no-face-seed-1');
    expect(read('--out', 'runs/mine').out).toBe('runs/mine');
  });

  it('take several corpora, in their order', () => {
    const { material } = read('--from', 'models/large', '--dataset', 'meld=a/MELD', '--dataset=mintrec=b=c');
    expect(material).toEqual({
      kind: 'corpora',
      from: 'models/large',
      dataSets: [
        { name: 'meld', folder: 'a/MELD' },
        { name: 'mintrec', folder: 'b=c' },
      ],
    });
  });

  it('take a teacher of faces beside the data that it speaks of', () => {
    const { material } = read('--data', 'data', '--face-teacher=teacher.safetensors');
    expect(material).toEqual({ kind: 'preset', data: 'data', faceTeacher: 'teacher.safetensors' });
  });

  it('may be patient with a phase for a while only', () => {
    expect(read('--patience', '2').patience).toBe(2);
    expect(() => read('--patience', '0')).toThrow('--patience is "0"');
  });

  it.each([
    [['--face-teacher', 'teacher.safetensors'], 'Add --data'],
    [['--from', 'tiny', '--dataset', 'meld=x', '--face-teacher', 'y'], '--face-teacher and --from are both given'],
    [['--epochs', '3'], 'no option --epochs'],
    [['meld'], '"meld" belongs to no option'],
    [['--curriculum', 'upside-down'], 'no curriculum "upside-down"'],
    [['--preset', 'huge'], 'no preset "huge"'],
    [['--device', 'cuda'], 'no device "cuda"'],
    [['--seed', '-1'], '--seed is "-1"'],
    [['--steps-scale', '0'], '--steps-scale is "0"'],
    [['--steps-scale', ''], '--steps-scale is ""'],
    [['--clips', '3'], '--clips is "3"'],
    [['--dataset', 'meld=x'], 'needs a model'],
    [['--from', 'tiny'], 'needs data'],
    [['--from', 'tiny', '--dataset', 'meld'], '--dataset is "meld"'],
    [['--from', 'tiny', '--dataset', 'meld=x', '--data', 'y'], '--data and --from are both given'],
    [['--dataset'], '--dataset needs a value'],
    [['--json=1'], '--json takes no value'],
  ])('%j is a usage error', (args, message) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(message);
  });
});
