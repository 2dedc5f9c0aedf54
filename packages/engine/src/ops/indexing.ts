import { type Dim, dimsEqual } from '../graph/dim';
import { apply, type Operation } from '../graph/operation';
import { describeAxes, type Value } from '../graph/value';
import { fail, normalizeAxis, requireType } from './inference';

const gatherOp: Operation = {
  name: 'Gather',
  infer: ([table, indices], { axis }) => {
    const [source, rows] = [table as Value, indices as Value];
    requireType('gather', rows, 'int64');
    const at = axis as number;
    const around = <T>(list: readonly T[], middle: readonly T[]) => [
      ...list.slice(0, at),
      ...middle,
      ...list.slice(at + 1),
    ];
    return [{ type: source.type, shape: around(source.shape, rows.shape), labels: around(source.labels, rows.labels) }];
  },
  emit: (emitter, node, outputs) => {
    emitter.node('Gather', node.inputs.map(emitter.name), { axis: node.attributes.axis }, { outputs });
  },
};

/** Rows of `table` along `axis` chosen by int64 `indices` of any shape, which takes the place of the axis. */
export function gather(table: Value, indices: Value, axis = 0): Value {
  return apply(gatherOp, [table, indices], { axis: normalizeAxis('gather', axis, table) });
}

const gatherElementsOp: Operation = {
  name: 'GatherElements',
  infer: ([x, indices]) => {
    requireType('gatherElements', indices as Value, 'int64');
    return [{ ...(indices as Value), type: (x as Value).type }];
  },
  emit: (emitter, node, outputs) => {
    emitter.node('GatherElements', node.inputs.map(emitter.name), { axis: node.attributes.axis }, { outputs });
  },
};

/** One element per index along `axis`; `indices` has the rank of `x`. */
export function gatherElements(x: Value, indices: Value, axis: number): Value {
  if (indices.shape.length !== x.shape.length)
    fail('gatherElements', 'indices', describeAxes(x), indices, 'Ranks must be equal.');
  return apply(gatherElementsOp, [x, indices], { axis: normalizeAxis('gatherElements', axis, x) });
}

const scatterAddElementsOp: Operation = {
  name: 'ScatterElements',
  infer: ([base]) => [base as Value],
  emit: (emitter, node, outputs) => {
    emitter.node(
      'ScatterElements',
      node.inputs.map(emitter.name),
      { axis: node.attributes.axis, reduction: 'add' },
      { outputs },
    );
  },
};

/** `base` with `updates` added at `indices` along `axis`; repeated indices add up. */
export function scatterAddElements(base: Value, indices: Value, updates: Value, axis: number): Value {
  return apply(scatterAddElementsOp, [base, indices, updates], {
    axis: normalizeAxis('scatterAddElements', axis, base),
  });
}

const scatterAddRowsOp: Operation = {
  name: 'ScatterND',
  infer: ([base, indices, updates]) => {
    const [table, rows, values] = [base as Value, indices as Value, updates as Value];
    const expected: Dim[] = [...rows.shape, ...table.shape.slice(1)];
    const fits =
      expected.length === values.shape.length &&
      expected.every((dim, index) => dimsEqual(dim, values.shape[index] as Dim));
    if (!fits) fail('scatterAddRows', 'updates', expected.map(String), values, 'One row of updates per index.');
    return [table];
  },
  emit: (emitter, node, outputs) => {
    const [base, indices, updates] = node.inputs.map(emitter.name) as [string, string, string];
    const [table] = node.inputs as [Value];
    // ONNX's ScatterND would say it shorter, but the runtime adds its rows in several threads at once: where rows repeat, updates are lost.
    const row = emitter.integers([-1, ...table.shape.slice(1).map(() => 1)]);
    const rows = emitter.node('Reshape', [updates, emitter.sizes([-1, ...table.shape.slice(1)])]);
    const places = emitter.node('Expand', [emitter.node('Reshape', [indices, row]), emitter.node('Shape', [rows])]);
    emitter.node('ScatterElements', [base, places, rows], { axis: 0, reduction: 'add' }, { outputs });
  },
};

/** `base` with rows of `updates` added at the row numbers `indices`; repeated rows add up. */
export function scatterAddRows(base: Value, indices: Value, updates: Value): Value {
  return apply(scatterAddRowsOp, [base, indices, updates]);
}
