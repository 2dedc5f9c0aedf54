import type { Precision } from '@nano-emox/engine';
import type { ModelComponents, OptionalComponents } from './components';

/**
 * Precision of one part of a model that was asked for `precision`. Weights of 4 bits pay where single rows are multiplied, as in the answers
 * of a language model; all else multiplies many rows, takes several times as long with them as with 8 bits, and loses more.
 */
export function partPrecision(part: keyof ModelComponents | keyof OptionalComponents, precision: Precision): Precision {
  return precision === 'int4' && part !== 'languageModel' ? 'int8' : precision;
}
