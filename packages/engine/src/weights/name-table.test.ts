import { floatTensor, InvalidArgumentError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { createNameTable } from './name-table';

const weightsOf = (...names: string[]) =>
  new Map(names.map((name, index) => [name, floatTensor(Float32Array.of(index), [1])]));

describe('createNameTable', () => {
  const table = createNameTable([
    { from: 'bert.pooler', to: 'pooler' },
    { from: 'bert.layer.*.norm.gamma', to: 'layers.*.norm.weight' },
    { from: 'bert.**', to: 'encoder.**' },
    { from: '**.running', to: '**.average' },
  ]);

  it.each([
    ['exact', 'bert.pooler', 'pooler'],
    ['one segment', 'bert.layer.3.norm.gamma', 'layers.3.norm.weight'],
    ['prefix', 'bert.layer.3.x.norm.gamma', 'encoder.layer.3.x.norm.gamma'],
    ['suffix', 'stem.bn.running', 'stem.bn.average'],
    ['no rule', 'head.weight', 'head.weight'],
  ])('%s', (_, name, renamed) => {
    expect(table.renameName(name)).toBe(renamed);
    expect(table.invert().renameName(renamed)).toBe(name);
  });

  it('renames tensors without copying, and back', () => {
    const weights = weightsOf('bert.layer.0.norm.gamma', 'bert.a.weight', 'head.weight');
    const renamed = table.rename(weights);
    expect([...renamed.keys()]).toEqual(['layers.0.norm.weight', 'encoder.a.weight', 'head.weight']);
    expect(renamed.get('encoder.a.weight')).toBe(weights.get('bert.a.weight'));
    expect(table.invert().rename(renamed)).toEqual(weights);
  });

  it('takes dots and other signs literally', () => {
    const literal = createNameTable([{ from: 'a.b(c)', to: 'x$1' }]);
    expect([literal.renameName('a.b(c)'), literal.renameName('aXb(c)')]).toEqual(['x$1', 'aXb(c)']);
  });

  it('refuses names that collide or cannot be restored', () => {
    const collapsing = createNameTable([{ from: 'a.*', to: 'b.*' }]);
    expect(() => collapsing.rename(weightsOf('a.x', 'b.x'))).toThrow(InvalidArgumentError);
    expect(() => collapsing.rename(weightsOf('b.x'))).toThrow(/b\.x -> b\.x -> a\.x/);
    expect(collapsing.rename(weightsOf('a.x', 'c.x')).size).toBe(2);
  });

  it.each([
    ['a.*', 'b'],
    ['a.*', 'b.**'],
    ['*.**', '**.*'],
    ['a.***', 'b.***'],
  ])('refuses the rule %s -> %s', (from, to) => {
    expect(() => createNameTable([{ from, to }])).toThrow(InvalidArgumentError);
  });
});
