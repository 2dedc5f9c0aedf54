/**
 * Sizes of axes that may be unknown while a graph is traced. A symbolic size is a polynomial with integer coefficients over
 * atoms: axis names (`batch`) and floor divisions of other sizes, which convolutions need.
 */
export type Dim = number | SymbolicDim;

/** A factor of a symbolic size. */
export type Atom =
  | { readonly kind: 'axis'; readonly key: string }
  | { readonly kind: 'floor-division'; readonly key: string; readonly dividend: SymbolicDim; readonly divisor: number };

interface Term {
  readonly coefficient: number;
  /** Sorted by key; empty for the constant term. */
  readonly atoms: readonly Atom[];
}

/** An immutable symbolic size; build it with {@link axis} and combine it with {@link addDims}, {@link multiplyDims} and friends. */
export class SymbolicDim {
  readonly terms: readonly Term[];
  /** Canonical text: equal sizes have equal keys. */
  readonly key: string;

  constructor(terms: readonly Term[]) {
    this.terms = terms;
    this.key = terms.map(termText).join(' + ');
  }

  toString(): string {
    return this.key;
  }
}

function termText({ coefficient, atoms }: Term): string {
  const factors = atoms.map((atom) => atom.key);
  if (coefficient !== 1 || factors.length === 0) factors.unshift(String(coefficient));
  return factors.join('*');
}

const monomialKey = (atoms: readonly Atom[]): string => atoms.map((atom) => atom.key).join('*');

function termsOf(dim: Dim): readonly Term[] {
  if (typeof dim !== 'number') return dim.terms;
  return dim === 0 ? [] : [{ coefficient: dim, atoms: [] }];
}

function collect(terms: readonly Term[]): Dim {
  const byMonomial = new Map<string, Term>();
  for (const term of terms) {
    const key = monomialKey(term.atoms);
    const coefficient = term.coefficient + (byMonomial.get(key)?.coefficient ?? 0);
    byMonomial.set(key, { coefficient, atoms: term.atoms });
  }
  const kept = [...byMonomial.entries()]
    .filter(([, term]) => term.coefficient !== 0)
    .sort(([a], [b]) => (a < b ? 1 : -1));
  if (kept.length === 0) return 0;
  const [first] = kept;
  if (kept.length === 1 && first && first[0] === '') return first[1].coefficient;
  return new SymbolicDim(kept.map(([, term]) => term));
}

/** The size of the axis called `name`. */
export function axis(name: string): SymbolicDim {
  return new SymbolicDim([{ coefficient: 1, atoms: [{ kind: 'axis', key: name }] }]);
}

export function addDims(...dims: readonly Dim[]): Dim {
  return collect(dims.flatMap(termsOf));
}

export function subtractDims(a: Dim, b: Dim): Dim {
  return addDims(a, multiplyDims(b, -1));
}

export function multiplyDims(...dims: readonly Dim[]): Dim {
  return dims.reduce<Dim>((product, dim) => {
    const terms = termsOf(product).flatMap((a) =>
      termsOf(dim).map((b) => ({
        coefficient: a.coefficient * b.coefficient,
        atoms: [...a.atoms, ...b.atoms].sort((x, y) => (x.key < y.key ? -1 : x.key > y.key ? 1 : 0)),
      })),
    );
    return collect(terms);
  }, 1);
}

/** Exact quotient, or `undefined` when `divisor` is not a monomial that divides every term. */
export function divideDims(dividend: Dim, divisor: Dim): Dim | undefined {
  if (typeof dividend === 'number' && typeof divisor === 'number') {
    return divisor !== 0 && dividend % divisor === 0 ? dividend / divisor : undefined;
  }
  const [by, ...more] = termsOf(divisor);
  if (!by || more.length > 0) return undefined;
  const quotients: Term[] = [];
  for (const term of termsOf(dividend)) {
    const atoms = [...term.atoms];
    for (const atom of by.atoms) {
      const index = atoms.findIndex(({ key }) => key === atom.key);
      if (index < 0) return undefined;
      atoms.splice(index, 1);
    }
    if (term.coefficient % by.coefficient !== 0) return undefined;
    quotients.push({ coefficient: term.coefficient / by.coefficient, atoms });
  }
  return collect(quotients);
}

/** `floor(dividend / divisor)`; stays symbolic when the division is not exact. */
export function floorDivideDim(dividend: Dim, divisor: number): Dim {
  if (typeof dividend === 'number') return Math.floor(dividend / divisor);
  const exact = divideDims(dividend, divisor);
  if (exact !== undefined) return exact;
  const key = `floor((${dividend.key})/${divisor})`;
  return new SymbolicDim([{ coefficient: 1, atoms: [{ kind: 'floor-division', key, dividend, divisor }] }]);
}

export function dimsEqual(a: Dim, b: Dim): boolean {
  return typeof a === 'number' || typeof b === 'number' ? a === b : a.key === b.key;
}

export function shapesEqual(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.length === b.length && a.every((dim, index) => dimsEqual(dim, b[index] as Dim));
}

/** Value of `dim` when the axes have the given sizes; throws a `RangeError` on an unbound axis (an internal fault). */
export function evaluateDim(dim: Dim, sizes: ReadonlyMap<string, number>): number {
  if (typeof dim === 'number') return dim;
  return dim.terms.reduce((sum, { coefficient, atoms }) => {
    const product = atoms.reduce((value, atom) => value * evaluateAtom(atom, sizes), coefficient);
    return sum + product;
  }, 0);
}

function evaluateAtom(atom: Atom, sizes: ReadonlyMap<string, number>): number {
  if (atom.kind === 'floor-division') return Math.floor(evaluateDim(atom.dividend, sizes) / atom.divisor);
  const size = sizes.get(atom.key);
  if (size === undefined) throw new RangeError(`axis ${atom.key} has no size`);
  return size;
}
