/** FNV-1a, 32 bits, over UTF-16 units. */
export function hash32(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** 53 bits from two hashes, mixed: among a million texts the odds of any two alike are about 1 in 18 000. */
export function hash53(text: string): number {
  const low = mix(hash32(text));
  const high = mix(hash32(text, 0x9747b28c) ^ low);
  return (high & 0x1fffff) * 2 ** 32 + low;
}

/** Spreads a change of one bit over all 32 (the finaliser of MurmurHash3). */
function mix(hash: number): number {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Open-addressed table of positive numbers, each with a 32-bit payload: a map without an object per entry. */
export class NumberTable {
  private keys = new Float64Array(1024);
  private values = new Uint32Array(1024);
  private count = 0;

  /** Payloads under `key`, in the order added. */
  *get(key: number): Generator<number> {
    for (let slot = this.home(key); this.keys[slot] !== 0; slot = this.after(slot)) {
      if (this.keys[slot] === key + 1) yield this.values[slot] as number;
    }
  }

  has(key: number): boolean {
    return !this.get(key).next().done;
  }

  add(key: number, value = 0): void {
    if (++this.count * 2 > this.keys.length) this.grow();
    this.insert(key + 1, value);
  }

  private grow(): void {
    const { keys, values } = this;
    this.keys = new Float64Array(keys.length * 2);
    this.values = new Uint32Array(keys.length * 2);
    // From behind an empty slot on, so that entries of one key keep their order where they wrap around.
    const begin = keys.indexOf(0);
    for (let step = 0; step < keys.length; step++) {
      const slot = (begin + step) % keys.length;
      if (keys[slot] !== 0) this.insert(keys[slot] as number, values[slot] as number);
    }
  }

  private insert(stored: number, value: number): void {
    let slot = this.home(stored - 1);
    while (this.keys[slot] !== 0) slot = this.after(slot);
    this.keys[slot] = stored; // shifted by one: zero means empty
    this.values[slot] = value;
  }

  private home(key: number): number {
    return key % this.keys.length;
  }

  private after(slot: number): number {
    return (slot + 1) % this.keys.length;
  }
}
