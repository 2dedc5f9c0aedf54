import protobuf from 'protobufjs/light.js';

const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });

/** The part of the ONNX format that hand-written graphs need (onnx.proto); on purpose not the engine's writer. */
const root = protobuf.Root.fromJSON({
  nested: {
    Attribute: {
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        ints: repeated('int64', 8),
        type: { type: 'int32', id: 20 },
      },
    },
    Node: {
      fields: {
        input: repeated('string', 1),
        output: repeated('string', 2),
        opType: { type: 'string', id: 4 },
        attribute: repeated('Attribute', 5),
        domain: { type: 'string', id: 7 },
      },
    },
    Tensor: {
      fields: {
        dims: repeated('int64', 1),
        dataType: { type: 'int32', id: 2 },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
      },
    },
    Dimension: { fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } } },
    Shape: { fields: { dim: repeated('Dimension', 1) } },
    TensorType: { fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'Shape', id: 2 } } },
    Type: { fields: { tensorType: { type: 'TensorType', id: 1 } } },
    ValueInfo: { fields: { name: { type: 'string', id: 1 }, type: { type: 'Type', id: 2 } } },
    Graph: {
      fields: {
        node: repeated('Node', 1),
        name: { type: 'string', id: 2 },
        initializer: repeated('Tensor', 5),
        input: repeated('ValueInfo', 11),
        output: repeated('ValueInfo', 12),
      },
    },
    OperatorSet: { fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } } },
    Model: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        graph: { type: 'Graph', id: 7 },
        opsetImport: repeated('OperatorSet', 8),
      },
    },
  },
});

const FLOAT = 1;
const INT64 = 7;
/** AttributeProto.AttributeType. */
const attributeType = { float: 1, int: 2, ints: 7 } as const;

type AttributeValue = number | readonly number[] | { readonly float: number };

/** Collects nodes and initializers of an ONNX graph written by hand. */
export class OnnxGraph {
  private readonly nodes: object[] = [];
  private readonly initializers: object[] = [];
  private count = 0;

  /** Adds a node and returns the name of its first output. An operator of onnxruntime's own is written `ms:Name`. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Record<string, AttributeValue> = {},
    output?: string,
  ): string {
    const name = output ?? `${operator}_${this.count++}`;
    const isContrib = operator.startsWith('ms:');
    this.nodes.push({
      opType: isContrib ? operator.slice(3) : operator,
      domain: isContrib ? 'com.microsoft' : '',
      input: inputs,
      output: [name],
      attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    });
    return name;
  }

  floats(name: string, dims: readonly number[], data: Float32Array): string {
    this.initializers.push({
      name,
      dims,
      dataType: FLOAT,
      rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    });
    return name;
  }

  integers(...values: number[]): string {
    const name = `integers_${this.count++}`;
    const data = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.initializers.push({ name, dims: [values.length], dataType: INT64, rawData: data });
    return name;
  }

  scalar(value: number): string {
    return this.floats(`scalar_${this.count++}`, [], Float32Array.of(value));
  }

  /** The model with one float input `x` and one float output `y` of the given axes. */
  encode(axes: readonly (number | string)[]): Uint8Array {
    const dim = axes.map((axis) => (typeof axis === 'number' ? { dimValue: axis } : { dimParam: axis }));
    const info = (name: string) => ({ name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } });
    const Model = root.lookupType('Model');
    const graph = {
      name: 'by hand',
      node: this.nodes,
      initializer: this.initializers,
      input: [info('x')],
      output: [info('y')],
    };
    const opsetImport = [
      { domain: '', version: 18 },
      { domain: 'com.microsoft', version: 1 },
    ];
    return Model.encode(Model.fromObject({ irVersion: 10, graph, opsetImport })).finish();
  }
}

function attribute(name: string, value: AttributeValue): object {
  if (typeof value === 'number') return { name, type: attributeType.int, i: value };
  if ('float' in value) return { name, type: attributeType.float, f: value.float };
  return { name, type: attributeType.ints, ints: value };
}
