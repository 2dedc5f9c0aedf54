import { floatTensor, InvalidArgumentError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { mergeWeights, prefixWeights, scopeWeights } from './weights';

const tensor = floatTensor(Float32Array.of(1), [1]);
const names = (weights: ReadonlyMap<string, unknown>) => [...weights.keys()];

describe('weights', () => {
  const weights = new Map(['layer.1.weight', 'layer.10.weight', 'layer.1', 'head.bias'].map((name) => [name, tensor]));

  it('scopes by whole segments', () => {
    expect(names(scopeWeights(weights, 'layer.1'))).toEqual(['weight']);
    expect(names(scopeWeights(weights, 'layer.'))).toEqual(['1.weight', '10.weight', '1']);
    expect(scopeWeights(weights, '')).toEqual(weights);
    expect(scopeWeights(weights, 'absent').size).toBe(0);
    expect(scopeWeights(weights, 'head').get('bias')).toBe(tensor);
  });

  it('prefixes, which scoping undoes', () => {
    expect(scopeWeights(prefixWeights(weights, 'a.b'), 'a.b')).toEqual(weights);
  });

  it('merges parts with distinct names only', () => {
    const other = new Map([['other', tensor]]);
    expect(names(mergeWeights(weights, other))).toEqual([...names(weights), 'other']);
    expect(() => mergeWeights(weights, other, other)).toThrow(InvalidArgumentError);
  });
});
