import { type Dim, expand, unsqueeze, type Value } from '@nano-emox/engine';

/** Copies one vector per row, `[batch, dim]`, to `tokens` slots: `[batch, tokens, dim]`. */
export function repeatToken(vector: Value, tokens: number): Value {
  const [batch, dim] = vector.shape as [Dim, Dim];
  return expand(unsqueeze(vector, 1), [batch, tokens, dim]);
}
