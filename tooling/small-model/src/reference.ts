/** What llama.cpp says on one prompt. */
export interface ReferenceCase {
  readonly prompt: string;
  /** The prompt in the model's chat template. */
  readonly promptIds: readonly number[];
  /** Greedy tokens of the file as it is: weights of 4 bits, activations rounded to 8. */
  readonly ids: readonly number[];
  /** Greedy tokens of the same weights computed in float32. */
  readonly float32Ids: readonly number[];
}

/** Recorded tokens of llama.cpp, made by `compare.js --write`. */
export interface Reference {
  readonly about: { readonly file: string; readonly sha256: string; readonly llamaCpp: string };
  readonly cases: readonly ReferenceCase[];
}

/** As JSON with one case a line. */
export function referenceText({ about, cases }: Reference): string {
  const lines = cases.map((entry) => `  ${JSON.stringify(entry)}`);
  return `{\n "about": ${JSON.stringify(about)},\n "cases": [\n${lines.join(',\n')}\n ]\n}\n`;
}
