import type { DataType, HostTensor } from '@nano-emox/tensor-contract';
import type { Dim } from './dim';
import type { Operation } from './operation';

/** Element type, shape and axis labels of a value. Labels serve error messages only. */
export interface TensorType {
  readonly type: DataType;
  readonly shape: readonly Dim[];
  /** Name of each axis where one is known. */
  readonly labels: readonly (string | undefined)[];
}

/** How a parameter is filled when a model is created without a checkpoint. */
export type Initializer =
  | { readonly kind: 'normal'; readonly deviation: number }
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'values'; readonly values: ArrayLike<number> };

/** Where a value comes from. */
export type Origin =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'parameter'; readonly name: string; readonly initializer: Initializer }
  | { readonly kind: 'constant'; readonly tensor: HostTensor }
  | { readonly kind: 'node'; readonly node: GraphNode; readonly index: number };

/** Attributes of a node: plain data, or sizes that may be symbolic. */
export type Attributes = Readonly<Record<string, unknown>>;

/** One operation. Nodes and values form an acyclic graph that is reached from its outputs; there is no global builder. */
export interface GraphNode {
  readonly op: Operation;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  outputs: readonly Value[];
}

/** A symbolic tensor: what `forward` functions compute with. */
export interface Value extends TensorType {
  readonly id: number;
  readonly origin: Origin;
}

let nextId = 0;

export function makeValue(type: TensorType, origin: Origin): Value {
  return { ...type, origin, id: nextId++ };
}

/** Axes of a value for messages: `batch`, `dim=1024`, `7`. */
export function describeAxes({ shape, labels }: TensorType): string[] {
  return shape.map((dim, index) => {
    const label = labels[index];
    const size = String(dim);
    return label === undefined || label === size ? size : `${label}=${size}`;
  });
}
