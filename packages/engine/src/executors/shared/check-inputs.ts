import {
  DataTypeMismatchError,
  type HostTensor,
  InvalidArgumentError,
  ShapeMismatchError,
} from '@nano-emox/tensor-contract';

/** What a session reads under one name; an axis with a name has any size. */
export interface InputSpec {
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** @throws DataTypeMismatchError, ShapeMismatchError */
export function checkInput(
  where: string,
  name: string,
  { type, dims }: Pick<HostTensor, 'type' | 'dims'>,
  expected: InputSpec,
): void {
  if (expected.type !== type) {
    throw new DataTypeMismatchError({
      message: `${where}: ${name} is ${type}, expected ${expected.type}`,
      hint: `Convert ${name} to ${expected.type}.`,
      expected: expected.type,
      received: type,
    });
  }
  const fits =
    dims.length === expected.shape.length &&
    expected.shape.every((size, index) => typeof size === 'string' || size === dims[index]);
  if (fits) return;
  const hint = `Pass ${name} with the axes [${expected.shape.join(', ')}].`;
  throw new ShapeMismatchError({ where, input: name, expected: expected.shape, received: dims, hint });
}

/**
 * @param given names that the caller passed
 * @param fed names that have a tensor, from the caller or from a state
 * @throws InvalidArgumentError when an input is missing or one is unknown
 */
export function checkNames(
  where: string,
  known: Iterable<string>,
  given: readonly string[],
  fed: readonly string[],
): void {
  const names = [...known];
  const missing = names.filter((name) => !fed.includes(name));
  const unexpected = given.filter((name) => !names.includes(name));
  if (missing.length + unexpected.length === 0) return;
  throw new InvalidArgumentError({
    message: `${where}: inputs do not fit: missing [${missing}], unexpected [${unexpected}]`,
    hint: `The model reads [${names}].`,
    argument: 'inputs',
  });
}
