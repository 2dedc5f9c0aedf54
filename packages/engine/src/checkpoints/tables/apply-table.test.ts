import {
  floatTensor,
  InvalidArgumentError,
  ShapeMismatchError,
  WeightsMismatchError,
} from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { allTensors, expectedTensors, fixture } from '../__fixtures__/files';
import { openCheckpoint } from '../open-checkpoint';
import { applyNameTable, renameCheckpoint } from './apply-table';
import { invertTable, type TensorTable } from './tensor-table';

const counting = (...dims: number[]) =>
  floatTensor(
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, index) => index),
    dims,
  );

const table: TensorTable = [
  {
    from: 'h.*.attn.c_attn.weight',
    to: ['layers.*.q.weight', 'layers.*.k.weight', 'layers.*.v.weight'],
    axis: 1,
    sizes: [4, 2, 2],
  },
  { from: 'h.*.mlp.weight', to: 'layers.*.mlp.weight', change: { kind: 'transpose', axes: [1, 0] } },
  { from: 'h.*.rotary.weight', to: 'layers.*.rotary.weight', change: { kind: 'rotary-rows', heads: 2, to: 'halves' } },
  { from: ['gate.*', 'up.*'], to: 'gate_up.*', axis: 0 },
  { drop: '**.inv_freq' },
  { from: 'transformer.**', to: '**' },
];
const weights = new Map([
  ['h.0.attn.c_attn.weight', counting(3, 8)],
  ['h.0.mlp.weight', counting(2, 3)],
  ['h.0.rotary.weight', counting(8, 1)],
  ['gate.weight', counting(2, 2)],
  ['up.weight', counting(2, 2)],
  ['transformer.norm', counting(3)],
]);

describe('applyNameTable', () => {
  it('renames, splits, joins, transposes, reorders and drops', () => {
    const renamed = applyNameTable(table, new Map([...weights, ['h.0.inv_freq', counting(4)]]));
    const values = Object.fromEntries([...renamed].map(([name, { dims, data }]) => [name, [dims, [...data]]]));
    expect(values).toEqual({
      'layers.0.q.weight': [
        [3, 4],
        [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19],
      ],
      'layers.0.k.weight': [
        [3, 2],
        [4, 5, 12, 13, 20, 21],
      ],
      'layers.0.v.weight': [
        [3, 2],
        [6, 7, 14, 15, 22, 23],
      ],
      'layers.0.mlp.weight': [
        [3, 2],
        [0, 3, 1, 4, 2, 5],
      ],
      'layers.0.rotary.weight': [
        [8, 1],
        [0, 2, 1, 3, 4, 6, 5, 7],
      ],
      'gate_up.weight': [
        [4, 2],
        [0, 1, 2, 3, 0, 1, 2, 3],
      ],
      norm: [[3], [0, 1, 2]],
    });
    expect(renamed.get('norm')).toBe(weights.get('transformer.norm')); // shared
  });

  it('is undone by the inverse table, which is data too', () => {
    const inverse = JSON.parse(JSON.stringify(invertTable(table))) as TensorTable;
    expect(applyNameTable(inverse, applyNameTable(table, weights))).toEqual(weights);
    expect(invertTable(invertTable(table.filter((rule) => !('drop' in rule))))).toEqual(
      table.filter((rule) => !('drop' in rule)),
    );
  });

  it.each<[string, TensorTable, typeof InvalidArgumentError | typeof ShapeMismatchError | typeof WeightsMismatchError]>(
    [
      [
        'gives two tensors one name',
        [
          { from: 'gate.*', to: 'x.*' },
          { from: 'up.*', to: 'x.*' },
        ],
        InvalidArgumentError,
      ],
      ['loses a name', [{ from: 'transformer.**', to: '**' }], InvalidArgumentError],
      ['joins parts that are not there', [{ from: ['gate.*', 'side.*'], to: 'both.*', axis: 0 }], WeightsMismatchError],
      ['joins parts that do not fit', [{ from: ['gate.*', 'h.0.mlp.*'], to: 'both.*', axis: 0 }], ShapeMismatchError],
      [
        'splits into sizes that do not add up',
        [{ from: 'gate.*', to: ['a.*', 'b.*'], axis: 0, sizes: [1, 2] }],
        ShapeMismatchError,
      ],
      [
        'splits into equal parts that are none',
        [{ from: 'gate.*', to: ['a.*', 'b.*', 'c.*'], axis: 0 }],
        ShapeMismatchError,
      ],
      [
        'transposes other axes',
        [{ from: 'gate.*', to: 'a.*', change: { kind: 'transpose', axes: [0, 2, 1] } }],
        ShapeMismatchError,
      ],
      [
        'reorders rows of no heads',
        [{ from: 'gate.*', to: 'a.*', change: { kind: 'rotary-rows', heads: 3, to: 'pairs' } }],
        ShapeMismatchError,
      ],
      ['has different wildcards', [{ from: 'gate.*', to: 'a' }], InvalidArgumentError],
    ],
  )('refuses a table that %s', (_, bad, ErrorClass) => {
    expect(() => applyNameTable(bad, weights)).toThrow(ErrorClass);
  });
});

describe('renameCheckpoint', () => {
  it('does the same when tensors are asked for', async () => {
    const small: TensorTable = [{ from: 'layers.*.weight', to: ['a.*', 'b.*', 'c.*'], axis: 0 }];
    const checkpoint = renameCheckpoint(await openCheckpoint(fixture('whole.safetensors')), small);
    expect(checkpoint.entries.get('b.1')).toMatchObject({ dims: [1, 3], type: 'float32' });
    expect(await allTensors(checkpoint)).toEqual(applyNameTable(small, await expectedTensors('whole.safetensors')));
    await checkpoint.dispose();
    await expect(checkpoint.tensor('b.1')).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});
