import { InvalidArgumentError } from '@nano-emox/tensor-contract';

/** How far features computed in another way are from those expected. */
export interface FeatureDeviation {
  /** Cosine of all values as one vector; 1 is no deviation. */
  readonly cosine: number;
  /** Smallest cosine of a row. */
  readonly worstRowCosine: number;
  /** Length of the difference over the length of what was expected. */
  readonly relativeError: number;
}

/** How far logits computed in another way are from those expected. */
export interface LogitDeviation {
  /** Kullback-Leibler divergence of the distributions in nats, expected from found, mean over the rows. */
  readonly meanDivergence: number;
  readonly largestDivergence: number;
  /** Share of rows, in [0, 1], with the same most probable entry. */
  readonly agreement: number;
}

function requireRows(where: string, expected: Float32Array, found: Float32Array, width: number): number {
  const rows = expected.length / width;
  if (found.length === expected.length && Number.isInteger(rows) && rows > 0) return rows;
  throw new InvalidArgumentError({
    message: `${where}: ${expected.length} values expected, ${found.length} found, in rows of ${width}`,
    hint: 'Compare tensors of one shape, and give the size of the last axis.',
    argument: 'found',
  });
}

/** Inner products that every figure is made of. */
function products(expected: Float32Array, found: Float32Array) {
  let [expectedSquare, foundSquare, both, difference] = [0, 0, 0, 0];
  for (let index = 0; index < expected.length; index++) {
    const [a, b] = [expected[index] as number, found[index] as number];
    expectedSquare += a * a;
    foundSquare += b * b;
    both += a * b;
    difference += (a - b) ** 2;
  }
  return { expectedSquare, foundSquare, both, difference };
}

/** Cosine of two vectors; of two that are zero 1, of one that is zero 0. */
function cosineOf({ expectedSquare, foundSquare, both }: ReturnType<typeof products>): number {
  if (expectedSquare === 0 || foundSquare === 0) return expectedSquare === foundSquare ? 1 : 0;
  return both / Math.sqrt(expectedSquare * foundSquare);
}

/** Compares features in rows of `width`. @throws InvalidArgumentError when sizes do not fit */
export function featureDeviation(expected: Float32Array, found: Float32Array, width: number): FeatureDeviation {
  const rows = requireRows('featureDeviation', expected, found, width);
  const whole = products(expected, found);
  let worstRowCosine = 1;
  for (let row = 0; row < rows; row++) {
    const [start, end] = [row * width, (row + 1) * width];
    worstRowCosine = Math.min(
      worstRowCosine,
      cosineOf(products(expected.subarray(start, end), found.subarray(start, end))),
    );
  }
  const relativeError =
    whole.expectedSquare === 0 ? Math.sqrt(whole.difference) : Math.sqrt(whole.difference / whole.expectedSquare);
  return { cosine: cosineOf(whole), worstRowCosine, relativeError };
}

/** Natural logarithms of softmax, in float64. */
function logProbabilities(logits: Float32Array): Float64Array {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of logits) if (value > largest) largest = value;
  let sum = 0;
  for (const value of logits) sum += Math.exp(value - largest);
  const total = largest + Math.log(sum);
  return Float64Array.from(logits, (value) => value - total);
}

const bestOf = (row: Float32Array): number =>
  row.reduce((best, value, index) => (value > (row[best] as number) ? index : best), 0);

/** Compares logits in rows of `width` entries. @throws InvalidArgumentError when sizes do not fit */
export function logitDeviation(expected: Float32Array, found: Float32Array, width: number): LogitDeviation {
  const rows = requireRows('logitDeviation', expected, found, width);
  let [sum, largestDivergence, agreed] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const [a, b] = [expected, found].map((logits) => logits.subarray(row * width, (row + 1) * width)) as [
      Float32Array,
      Float32Array,
    ];
    const [p, q] = [logProbabilities(a), logProbabilities(b)];
    const divergence = p.reduce((total, value, index) => total + Math.exp(value) * (value - (q[index] as number)), 0);
    sum += divergence;
    largestDivergence = Math.max(largestDivergence, divergence);
    if (bestOf(a) === bestOf(b)) agreed++;
  }
  return { meanDivergence: sum / rows, largestDivergence, agreement: agreed / rows };
}
