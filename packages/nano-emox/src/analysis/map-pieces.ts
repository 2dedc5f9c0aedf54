/**
 * Relays a stream in another form, with its result. Unlike a loop over `next()`, it also closes the stream when the reader
 * leaves early, which frees what the stream holds.
 */
export async function* mapPieces<From, To, Result>(
  stream: AsyncGenerator<From, Result, undefined>,
  map: (piece: From) => Iterable<To>,
): AsyncGenerator<To, Result, undefined> {
  try {
    let step = await stream.next();
    for (; !step.done; step = await stream.next()) yield* map(step.value);
    return step.value;
  } finally {
    await stream.return(undefined as Result); // nothing happens where the stream has ended
  }
}
