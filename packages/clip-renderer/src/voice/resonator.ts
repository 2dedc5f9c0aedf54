/** Two-pole resonator with unit gain at 0 Hz (Klatt, 1980, equation 2). */
export class Resonator {
  #gain = 1;
  #first = 0;
  #second = 0;
  #last = 0;
  #beforeLast = 0;

  tune(centerHz: number, bandwidthHz: number, sampleRateHz: number): void {
    const radius = Math.exp((-Math.PI * bandwidthHz) / sampleRateHz);
    this.#second = -radius * radius;
    this.#first = 2 * radius * Math.cos((2 * Math.PI * centerHz) / sampleRateHz);
    this.#gain = 1 - this.#first - this.#second;
  }

  filter(input: number): number {
    const output = this.#gain * input + this.#first * this.#last + this.#second * this.#beforeLast;
    this.#beforeLast = this.#last;
    this.#last = output;
    return output;
  }
}
