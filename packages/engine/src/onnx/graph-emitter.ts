import type { DataType, HostTensor } from '@nano-emox/tensor-contract';
import { allocateData, InvalidConfigError } from '@nano-emox/tensor-contract';
import type { Atom, Dim, SymbolicDim } from '../graph/dim';
import { type Graph, leavesOf, topologicalNodes } from '../graph/graph';
import type { Emitter } from '../graph/operation';
import type { Attributes, Value } from '../graph/value';
import { toHalf } from './half-tensor';
import { type AttributeMessage, attributeTypes, type NodeMessage, onnxTypes } from './schema';

const textEncoder = new TextEncoder();

/** A number is an int, `{ float }` a float, a list of numbers ints, a string a string; `to` holds an element type. */
function attributeMessage(name: string, value: unknown): AttributeMessage {
  if (name === 'to') return { name, type: attributeTypes.int, i: onnxTypes[value as DataType] };
  if (typeof value === 'number') return { name, type: attributeTypes.int, i: value };
  if (typeof value === 'string') return { name, type: attributeTypes.string, s: textEncoder.encode(value) };
  if (Array.isArray(value)) return { name, type: attributeTypes.ints, ints: value as number[] };
  return { name, type: attributeTypes.float, f: (value as { float: number }).float };
}

/** Turns graph nodes into ONNX nodes and collects the constants they need. */
export class GraphEmitter implements Emitter {
  readonly nodes: NodeMessage[] = [];
  readonly constants = new Map<string, HostTensor>();
  private readonly names = new Map<Value, string>();
  private readonly readers = new Set<Value>();
  private readonly axisSources = new Map<string, { input: string; index: number }>();
  private readonly memo = new Map<string, string>();
  private counter = 0;

  /** @param floatType type of what the graph calls float32; inputs and outputs are converted at the border */
  constructor(
    private readonly graph: Graph,
    private readonly floatType: 'float32' | 'float16' = 'float32',
  ) {
    for (const [name, value] of graph.inputs) {
      this.names.set(value, this.isHalf(value) ? this.node('Cast', [name], { to: 'float16' }) : name);
      value.shape.forEach((dim, index) => {
        if (typeof dim === 'number') return;
        const [term, ...more] = dim.terms;
        const plain =
          more.length === 0 && term?.coefficient === 1 && term.atoms.length === 1 && term.atoms[0]?.kind === 'axis';
        if (plain && !this.axisSources.has(dim.key)) this.axisSources.set(dim.key, { input: name, index });
      });
    }
    for (const [name, value] of graph.parameters) this.names.set(value, name);
  }

  /** Writes every node the outputs need, then ties the outputs to their names. */
  emitAll(): void {
    const { outputs, inputs, parameters } = this.graph;
    for (const [name, value] of outputs) {
      const namesake = inputs.get(name) ?? parameters.get(name);
      if (namesake === undefined || namesake === value) continue;
      throw new InvalidConfigError({
        message: `the graph has an output and an input that are both called ${name}`,
        hint: 'Rename one of them: a model file keeps all names in one list.',
        field: name,
      });
    }
    const nodes = topologicalNodes(outputs.values());
    for (const value of outputs.values()) this.readers.add(value);
    for (const node of nodes) for (const value of node.inputs) this.readers.add(value);
    for (const leaf of leavesOf(outputs.values())) {
      if (leaf.origin.kind === 'constant') this.names.set(leaf, this.constant(leaf.origin.tensor));
    }
    for (const [name, value] of outputs) {
      if (value.origin.kind === 'node' && !this.names.has(value) && !this.isHalf(value)) this.names.set(value, name);
    }
    for (const node of nodes) {
      const names = node.outputs.map((value) => this.names.get(value) ?? this.fresh(node.op.name));
      node.outputs.forEach((value, index) => {
        this.names.set(value, names[index] as string);
      });
      if (!node.op.emit) throw new RangeError(`operation ${node.op.name} must be lowered before it is written as ONNX`);
      node.op.emit(this, node, names);
    }
    for (const [name, value] of outputs) {
      if (this.isHalf(value)) this.addNode('Cast', [this.name(value)], { to: 'float32' }, { outputs: [name] });
      else if (this.names.get(value) !== name) this.node('Identity', [this.name(value)], {}, { outputs: [name] });
    }
  }

  /** Whether a value of the graph is computed in float16. */
  private isHalf({ type }: Value): boolean {
    return this.floatType === 'float16' && type === 'float32';
  }

  name = (value: Value): string => this.names.get(value) as string;

  used = (value: Value): boolean => this.readers.has(value);

  node(
    type: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    options: { domain?: string; outputs?: readonly string[] } = {},
  ): string {
    const held = attributes.to === 'float32' ? { ...attributes, to: this.floatType } : attributes;
    return this.addNode(type, inputs, held, options);
  }

  private addNode(
    type: string,
    inputs: readonly string[],
    attributes: Attributes,
    options: { domain?: string; outputs?: readonly string[] },
  ): string {
    const output = options.outputs ?? [this.fresh(type)];
    const attribute = Object.entries(attributes).map(([name, value]) => attributeMessage(name, value));
    this.nodes.push({ opType: type, domain: options.domain ?? '', input: inputs, output, attribute });
    return output[0] as string;
  }

  integers(values: readonly number[]): string {
    return this.once(`integers ${values.join()}`, () =>
      this.constant({ type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) }),
    );
  }

  scalar(value: number, type: 'float32' | 'float64' | 'int64' | 'uint8'): string {
    return this.once(`scalar ${type} ${value}`, () => {
      const data = allocateData(type, 1);
      data[0] = type === 'int64' ? BigInt(value) : value;
      return this.constant({ type, dims: [], data });
    });
  }

  sizes(dims: readonly Dim[]): string {
    if (dims.every((dim) => typeof dim === 'number')) return this.integers(dims as number[]);
    return this.once(`sizes ${dims.join()}`, () => {
      const parts = dims.map((dim) => this.size(dim));
      return parts.length === 1 ? (parts[0] as string) : this.node('Concat', parts, { axis: 0 });
    });
  }

  /** One size as an int64 vector of one element. */
  private size(dim: Dim): string {
    if (typeof dim === 'number') return this.integers([dim]);
    return this.once(`size ${dim.key}`, () => this.polynomial(dim));
  }

  private polynomial(dim: SymbolicDim): string {
    const terms = dim.terms.map(({ coefficient, atoms }) => {
      const factors = atoms.map((atom) => this.atom(atom));
      if (coefficient !== 1 || factors.length === 0) factors.push(this.integers([coefficient]));
      return factors.reduce((product, factor) => this.node('Mul', [product, factor]));
    });
    return terms.reduce((total, term) => this.node('Add', [total, term]));
  }

  private atom(atom: Atom): string {
    return this.once(`atom ${atom.key}`, () => {
      if (atom.kind === 'floor-division')
        return this.node('Div', [this.size(atom.dividend), this.integers([atom.divisor])]);
      const source = this.axisSources.get(atom.key);
      if (!source) {
        throw new InvalidConfigError({
          message: `axis ${atom.key} has no size: no input has it as an axis of its own`,
          hint: 'Bind the axis to a number when tracing, or give an input that carries it.',
          field: atom.key,
        });
      }
      return this.node('Shape', [source.input], { start: source.index, end: source.index + 1 });
    });
  }

  private once(key: string, make: () => string): string {
    const known = this.memo.get(key) ?? make();
    this.memo.set(key, known);
    return known;
  }

  private constant(tensor: HostTensor): string {
    const name = this.fresh('constant');
    this.constants.set(name, this.floatType === 'float16' ? toHalf(tensor) : tensor);
    return name;
  }

  private fresh(stem: string): string {
    return `${stem}_${this.counter++}`;
  }
}
