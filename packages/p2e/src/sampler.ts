import { deriveSeed, Random } from '@nano-emox/engine';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';

/** A set of training samples. Reading one may decode a file; the order of reading is the sampler's. */
export interface DataSet<Sample> {
  readonly name: string;
  readonly length: number;
  /** Identity of the content, such as a hash: a run is not continued on other data of the same name and length. */
  readonly fingerprint?: string;
  get(index: number): Sample | Promise<Sample>;
}

/** Where a sampler stands; enough to continue with the same batches. */
export interface SamplerPosition {
  readonly random: number;
  /** Samples drawn so far from each data set. */
  readonly drawn: Readonly<Record<string, number>>;
}

/**
 * Draws batches from a mixture: a data set by weight, then its samples in a shuffled order that visits each once per epoch.
 * Everything follows from the seed.
 */
export class MixtureSampler<Sample> {
  private random: Random;
  private readonly drawn: Record<string, number> = {};
  private readonly orders = new Map<string, { epoch: number; order: Int32Array }>();
  private readonly sources: { readonly set: DataSet<Sample>; readonly weight: number }[];

  constructor(
    sets: readonly DataSet<Sample>[],
    mixture: Readonly<Record<string, number>>,
    private readonly seed: number,
    position?: SamplerPosition,
  ) {
    this.sources = Object.entries(mixture)
      .filter(([, weight]) => weight > 0)
      .map(([name, weight]) => ({ set: findSet(sets, name), weight }));
    this.random = new Random(position?.random ?? deriveSeed(seed, 'mixture'));
    for (const { set } of this.sources) this.drawn[set.name] = position?.drawn[set.name] ?? 0;
  }

  get position(): SamplerPosition {
    return { random: this.random.position, drawn: { ...this.drawn } };
  }

  /** The next batch and the data set it comes from. */
  async next(batchSize: number): Promise<{ readonly dataSet: string; readonly samples: readonly Sample[] }> {
    const { set } = this.pickSource();
    const indices = Array.from({ length: batchSize }, () => this.nextIndex(set));
    return { dataSet: set.name, samples: await Promise.all(indices.map((index) => set.get(index))) };
  }

  private pickSource(): { readonly set: DataSet<Sample> } {
    const total = this.sources.reduce((sum, { weight }) => sum + weight, 0);
    let mark = this.random.uniform() * total;
    for (const source of this.sources) {
      mark -= source.weight;
      if (mark < 0) return source;
    }
    return this.sources[this.sources.length - 1] as { set: DataSet<Sample> };
  }

  private nextIndex(set: DataSet<Sample>): number {
    const drawn = this.drawn[set.name] as number;
    this.drawn[set.name] = drawn + 1;
    return this.orderOf(set, Math.floor(drawn / set.length))[drawn % set.length] as number;
  }

  private orderOf(set: DataSet<Sample>, epoch: number): Int32Array {
    const known = this.orders.get(set.name);
    if (known?.epoch === epoch) return known.order;
    const random = new Random(deriveSeed(this.seed, `${set.name} epoch ${epoch}`));
    const order = Int32Array.from(random.shuffle(Array.from({ length: set.length }, (_, index) => index)));
    this.orders.set(set.name, { epoch, order });
    return order;
  }
}

function findSet<Sample>(sets: readonly DataSet<Sample>[], name: string): DataSet<Sample> {
  const set = sets.find((candidate) => candidate.name === name);
  if (set && set.length > 0) return set;
  throw new InvalidArgumentError({
    message: set
      ? `data set ${name} is empty`
      : `the mixture names ${name}, which is not among [${sets.map((candidate) => candidate.name)}]`,
    hint: 'Pass every data set of the mixture, each with at least one sample.',
    argument: 'dataSets',
  });
}
