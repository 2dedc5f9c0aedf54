import { add, concat, constantOf, type Dim, gather, mul, split, unsqueeze, type Value } from '@nano-emox/engine';
import type { DecoderConfig } from '../config/decoder-config';

/** Cosine and sine of the rotation of each position, `[…, 1, time, headDim]` or `[time, headDim]`. */
export interface Rotation {
  readonly cosine: Value;
  /** Sign folded in: negative in the first half of each head. */
  readonly signedSine: Value;
}

/**
 * Rotary embedding (Su et al. 2021) in the half-rotation layout of the Hugging Face checkpoints: feature i is paired with
 * i + headDim / 2. Angles are computed in double precision.
 */
function rotationTables({ headDim, ropeTheta, maxPositions }: DecoderConfig): Rotation {
  const cosine = new Float32Array(maxPositions * headDim);
  const signedSine = new Float32Array(maxPositions * headDim);
  const half = headDim / 2;
  for (let position = 0; position < maxPositions; position++) {
    for (let feature = 0; feature < headDim; feature++) {
      const angle = position * ropeTheta ** (-(feature % half) / half);
      cosine[position * headDim + feature] = Math.cos(angle);
      signedSine[position * headDim + feature] = feature < half ? -Math.sin(angle) : Math.sin(angle);
    }
  }
  const shape = [maxPositions, headDim];
  return { cosine: constantOf(cosine, shape), signedSine: constantOf(signedSine, shape) };
}

/** Rotations of int64 `positions`: `[time]`, or `[batch, time]` when rows have positions of their own. */
export function rotationAt(positions: Value, config: DecoderConfig): Rotation {
  const tables = rotationTables(config);
  const pick = (table: Value): Value => {
    const rows = gather(table, positions);
    return positions.shape.length === 1 ? rows : unsqueeze(rows, 1); // [batch, 1, time, headDim]
  };
  return { cosine: pick(tables.cosine), signedSine: pick(tables.signedSine) };
}

/** Rotates `x` `[batch, heads, time, headDim]`. */
export function rotate(x: Value, { cosine, signedSine }: Rotation): Value {
  const half = (x.shape[3] as number) / 2;
  const [first, second] = split(x, 3, [half, half] as Dim[]) as [Value, Value];
  return add(mul(x, cosine), mul(concat([second, first], 3), signedSine));
}
