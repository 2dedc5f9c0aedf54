/** What a decoder puts where bytes do not form a character yet. */
const REPLACEMENT = '\uFFFD';

/**
 * Decodes a growing list of ids. Text comes out only when its characters are complete; the pieces joined are the text of all
 * ids decoded at once, less an incomplete character at the end.
 */
export class TextStream {
  /** Ids of a window: some that are out already, as context, then those that are not. */
  private ids: number[];
  private emittedIds: number;

  constructor(
    private readonly decode: (ids: readonly number[]) => string,
    context: readonly number[],
  ) {
    this.ids = [...context];
    this.emittedIds = context.length;
  }

  /** Text that became final with `id`; empty inside a character of several tokens. */
  push(id: number): string {
    this.ids.push(id);
    const text = this.decode(this.ids);
    if (text.endsWith(REPLACEMENT)) return '';
    // Both texts start at the same id, so what a decoder does at the start of a text cancels out.
    const emitted = this.decode(this.ids.slice(0, this.emittedIds));
    this.ids = this.ids.slice(this.emittedIds);
    this.emittedIds = this.ids.length;
    return text.slice(emitted.length);
  }
}
