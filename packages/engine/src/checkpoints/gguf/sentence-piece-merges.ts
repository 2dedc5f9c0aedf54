/** Longest piece that is taken apart; SentencePiece makes none beyond 16 characters unless told to. */
const MAX_PIECE = 64;

/**
 * Merges that make BPE choose as SentencePiece does: of all neighbours whose union is a token, the union with the highest
 * score first. A token is made of any two tokens that spell it.
 * @param scores - of each token; higher is better
 * @see `generate_merges` in convert_slow_tokenizer.py of transformers
 */
export function sentencePieceMerges(
  tokens: readonly string[],
  scores: readonly number[],
): (readonly [string, string])[] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges: { readonly pair: readonly [string, string]; readonly score: number; readonly order: number }[] = [];
  for (const [id, token] of tokens.entries()) {
    if (token.length > MAX_PIECE) continue;
    const characters = [...token];
    for (let cut = 1; cut < characters.length; cut++) {
      const [left, right] = [characters.slice(0, cut).join(''), characters.slice(cut).join('')];
      const [leftId, rightId] = [ids.get(left), ids.get(right)];
      if (leftId === undefined || rightId === undefined) continue;
      merges.push({ pair: [left, right], score: scores[id] as number, order: leftId * tokens.length + rightId });
    }
  }
  return merges.sort((a, b) => b.score - a.score || a.order - b.order).map(({ pair }) => pair);
}
