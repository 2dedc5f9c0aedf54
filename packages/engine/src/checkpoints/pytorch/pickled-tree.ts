import { fileProblem, quoteName } from '../file-problem';
import { PickledTensor, type PickleValue } from './pickle-values';

/** Deepest nesting that is followed. */
const MAX_DEPTH = 32;
/** Most values that are visited: one that is shared many times would otherwise multiply. */
const MAX_VALUES = 1_000_000;

/** The tensors of a pickled object by name, and all else as plain values. */
export interface FlatTree {
  readonly tensors: ReadonlyMap<string, PickledTensor>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Name of a tensor that is saved alone. */
const LONE_TENSOR = 'tensor';

/**
 * Names every tensor of nested dictionaries and lists by its path, joined with dots: the state dict under `model` of a
 * training checkpoint gives `model.layer.weight`.
 * @param root - key of the top-level dictionary to take the tensors from; names then start below it
 * @throws InvalidFileError (no such key, nested too deeply, two tensors of one name)
 */
export function flattenTree(value: PickleValue, path: string, root?: string): FlatTree {
  return new TreeWalk(path).flatten(value, root);
}

class TreeWalk {
  private readonly tensors = new Map<string, PickledTensor>();
  private visited = 0;

  constructor(private readonly path: string) {}

  flatten(value: PickleValue, root?: string): FlatTree {
    const start = root === undefined ? value : this.child(value, root);
    const inside = this.walk(start, '', 0);
    if (root === undefined) return { tensors: this.tensors, metadata: asRecord(inside) };
    const others = new Map([...(value as ReadonlyMap<string, PickleValue>)].filter(([key]) => key !== root));
    const outside = new TreeWalk(this.path).walk(others, '', 0); // its tensors are not asked for
    return { tensors: this.tensors, metadata: { ...asRecord(outside), ...asRecord(inside) } };
  }

  private child(value: PickleValue, root: string): PickleValue {
    const child = value instanceof Map ? value.get(root) : undefined;
    if (child !== undefined) return child;
    const keys = value instanceof Map ? [...value.keys()].slice(0, 8).map(quoteName).join(', ') : 'no keys at all';
    throw fileProblem(
      this.path,
      `has no ${quoteName(root)} among ${keys}`,
      'Give the key that holds the state dict as root.',
    );
  }

  /** The plain part of a value, `undefined` where there is none; tensors below it are collected. */
  private walk(value: PickleValue, name: string, depth: number): unknown {
    if (depth > MAX_DEPTH) throw fileProblem(this.path, `its values nest deeper than ${MAX_DEPTH} levels`);
    if (++this.visited > MAX_VALUES) throw fileProblem(this.path, `it repeats values more than ${MAX_VALUES} times`);
    if (value instanceof PickledTensor) return this.collect(value, name || LONE_TENSOR);
    const inside = (key: unknown) => (name === '' ? String(key) : `${name}.${String(key)}`);
    if (value instanceof Map) {
      const fields = [...value].map(([key, item]) => [String(key), this.walk(item, inside(key), depth + 1)] as const);
      const plain = fields.filter(([, item]) => item !== undefined);
      return plain.length > 0 || fields.length === 0 ? Object.fromEntries(plain) : undefined;
    }
    if (Array.isArray(value)) {
      const items = value.map((item, index) => this.walk(item, inside(index), depth + 1));
      return items.some((item) => item !== undefined) || items.length === 0 ? items : undefined;
    }
    return typeof value === 'object' && value !== null && !(value instanceof Uint8Array) ? undefined : value;
  }

  private collect(tensor: PickledTensor, name: string): undefined {
    if (this.tensors.has(name)) throw fileProblem(this.path, `two tensors have the name ${quoteName(name)}`);
    this.tensors.set(name, tensor);
  }
}

const asRecord = (value: unknown): Readonly<Record<string, unknown>> => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return value === undefined ? {} : { value };
};
