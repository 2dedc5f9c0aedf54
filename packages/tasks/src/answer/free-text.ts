import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { plainText } from '../prompt/markup';

/**
 * Free text as it stands in an answer: one line without markup.
 * @throws InvalidArgumentError when nothing is left of it
 */
export function requireFreeText(text: string, where: string, argument: string): string {
  const plain = plainText(text);
  if (plain !== '') return plain;
  throw new InvalidArgumentError({
    message: `${where}: ${argument} is empty`,
    hint: `Pass a ${argument} of at least one word.`,
    argument,
  });
}
