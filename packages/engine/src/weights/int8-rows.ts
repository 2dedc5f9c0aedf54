/** Largest magnitude of a quantised value. -128 is not used, so that the code is symmetric about zero. */
const INT8_LIMIT = 127;

/**
 * Scale of each row for symmetric int8 storage: the largest magnitude of the row / 127, as float32; 0 for a row of zeros.
 * @param values - row-major, `rows` rows of equal length, finite
 */
export function int8RowScales(values: Float32Array, rows: number): Float32Array {
  const rowSize = rows === 0 ? 0 : values.length / rows;
  const scales = new Float32Array(rows);
  for (let row = 0, index = 0; row < rows; row++) {
    let largest = 0;
    for (const end = index + rowSize; index < end; index++) {
      const magnitude = Math.abs(values[index] as number);
      if (magnitude > largest) largest = magnitude;
    }
    scales[row] = largest / INT8_LIMIT;
  }
  return scales;
}

/** Quantises `values`, of which the first is element `firstElement` of a tensor with `rowSize` elements per row. */
export function quantiseInt8Rows(
  values: Float32Array,
  firstElement: number,
  rowSize: number,
  scales: Float32Array,
): Int8Array {
  const codes = new Int8Array(values.length);
  forEachRowPart(values.length, firstElement, rowSize, (row, start, end) => {
    const scale = scales[row] as number;
    if (scale === 0) return; // zeros, or magnitudes below what float32 can scale
    for (let index = start; index < end; index++) {
      const ratio = (values[index] as number) / scale;
      const code = Math.min(INT8_LIMIT, Math.round(Math.abs(ratio)));
      codes[index] = ratio < 0 ? -code : code;
    }
  });
  return codes;
}

/** Restores `codes`, of which the first is element `firstElement`, into `target` at the same element: code × scale of the row. */
export function restoreInt8Rows(
  codes: Int8Array,
  firstElement: number,
  rowSize: number,
  scales: Float32Array,
  target: Float32Array,
): void {
  forEachRowPart(codes.length, firstElement, rowSize, (row, start, end) => {
    const scale = scales[row] as number;
    for (let index = start; index < end; index++) target[firstElement + index] = (codes[index] as number) * scale;
  });
}

/** Calls `visit` with each row touched by `count` elements from `firstElement` on, and its range relative to the first. */
function forEachRowPart(
  count: number,
  firstElement: number,
  rowSize: number,
  visit: (row: number, start: number, end: number) => void,
): void {
  for (let start = 0; start < count; ) {
    const row = Math.floor((firstElement + start) / rowSize);
    const end = Math.min(count, (row + 1) * rowSize - firstElement);
    visit(row, start, end);
    start = end;
  }
}
