/** Coverage in [0, 1] of a rectangle of the canvas, row-major; zero outside the rectangle. */
export class Mask {
  constructor(
    readonly left: number,
    readonly top: number,
    readonly width: number,
    readonly height: number,
    readonly values: Float32Array = new Float32Array(width * height),
  ) {}

  at(x: number, y: number): number {
    const column = x - this.left;
    const row = y - this.top;
    if (column < 0 || row < 0 || column >= this.width || row >= this.height) return 0;
    return this.values[row * this.width + column]!;
  }

  /** This mask multiplied by another. */
  within(other: Mask): Mask {
    return this.#combine(other, (own, others) => own * others);
  }

  /** This mask with another cut out of it. */
  without(other: Mask): Mask {
    return this.#combine(other, (own, others) => own * (1 - others));
  }

  #combine(other: Mask, rule: (own: number, others: number) => number): Mask {
    const result = new Mask(this.left, this.top, this.width, this.height);
    let index = 0;
    for (let y = this.top; y < this.top + this.height; y += 1) {
      for (let x = this.left; x < this.left + this.width; x += 1, index += 1) {
        const own = this.values[index]!;
        if (own > 0) result.values[index] = rule(own, other.at(x, y));
      }
    }
    return result;
  }

  /** Softened copy: three box passes, close to a Gaussian of standard deviation `sigmaPx`. The rectangle grows. */
  blurred(sigmaPx: number): Mask {
    const radius = Math.max(0, Math.round(sigmaPx * 0.95));
    if (radius === 0) return this;
    const margin = radius * 3;
    const grown = new Mask(this.left - margin, this.top - margin, this.width + 2 * margin, this.height + 2 * margin);
    for (let row = 0; row < this.height; row += 1) {
      const source = this.values.subarray(row * this.width, (row + 1) * this.width);
      grown.values.set(source, (row + margin) * grown.width + margin);
    }
    boxBlur(grown.values, grown.width, grown.height, 1, radius, 3);
    return grown;
  }
}

/** In-place repeated box blur of an interleaved image, edges repeated. */
export function boxBlur(
  values: Float32Array,
  width: number,
  height: number,
  channels: number,
  radius: number,
  passes: number,
): void {
  const line = new Float32Array(Math.max(width, height));
  for (let pass = 0; pass < passes; pass += 1) {
    for (let channel = 0; channel < channels; channel += 1) {
      for (let y = 0; y < height; y += 1) {
        blurLine(values, y * width * channels + channel, channels, width, radius, line);
      }
      for (let x = 0; x < width; x += 1)
        blurLine(values, x * channels + channel, width * channels, height, radius, line);
    }
  }
}

function blurLine(
  values: Float32Array,
  offset: number,
  stride: number,
  count: number,
  radius: number,
  line: Float32Array,
): void {
  for (let index = 0; index < count; index += 1) line[index] = values[offset + index * stride]!;
  const last = count - 1;
  const scale = 1 / (2 * radius + 1);
  let sum = 0;
  for (let index = -radius; index <= radius; index += 1) sum += line[index < 0 ? 0 : Math.min(index, last)]!;
  for (let index = 0; index < count; index += 1) {
    values[offset + index * stride] = sum * scale;
    const entering = index + radius + 1;
    const leaving = index - radius;
    sum += line[Math.min(entering, last)]! - line[Math.max(leaving, 0)]!;
  }
}
