import { fileURLToPath } from 'node:url';
import { type DataType, DataTypeMismatchError, type FloatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { readSafetensors } from '../weights/safetensors-file';
import { scopeWeights } from '../weights/weights';

/** A recorded run: tensors `weights.<name>`, `input.<name>`, `output.<name>` and `grad.<name>` of one safetensors file. */
export interface TensorFixture {
  /** Tensors below `weights.`, by upstream name. */
  readonly weights: ReadonlyMap<string, HostTensor>;
  /** Tensors below `grad.`, by the name of the parameter. */
  readonly gradients: ReadonlyMap<string, FloatTensor>;
  /**
   * One tensor by its full name, e.g. `output.tokens`.
   * @param type element type that the caller relies on. @default 'float32'
   * @throws RangeError naming the others of its kind; DataTypeMismatchError
   */
  tensor<Type extends DataType = 'float32'>(name: string, type?: Type): HostTensor<Type>;
}

/** Reads a recorded run. @throws MissingFileError, InvalidFileError */
export async function readFixture(file: string | URL): Promise<TensorFixture> {
  const path = file instanceof URL ? fileURLToPath(file) : file;
  const { tensors } = await readSafetensors(path);
  return {
    weights: scopeWeights(tensors, 'weights'),
    gradients: scopeWeights(tensors, 'grad') as ReadonlyMap<string, FloatTensor>,
    tensor: <Type extends DataType>(name: string, type: DataType = 'float32') => {
      const tensor = tensors.get(name);
      if (!tensor) throw new RangeError(`${path} has no ${name}, only ${alike(name, [...tensors.keys()]).join(', ')}`);
      if (tensor.type === type) return tensor as HostTensor<Type>;
      throw new DataTypeMismatchError({
        message: `${path}: ${name} is ${tensor.type}, expected ${type}`,
        hint: 'Ask for the type that the file holds.',
        expected: type,
        received: tensor.type,
      });
    },
  };
}

/** The names of the same kind, such as all outputs. */
function alike(name: string, names: readonly string[]): readonly string[] {
  const [kind] = name.split('.');
  return names.filter((other) => other.startsWith(`${kind}.`));
}
