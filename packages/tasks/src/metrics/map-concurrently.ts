/** Enough to hide the wait for a service, too little to be a burden to it. */
const defaultConcurrency = 4;

/** Like `Promise.all(items.map(work))` with a limit on what is under way; after a failure nothing new is begun. */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  limit: number | undefined,
  work: (item: Item) => Promise<Result> | Result,
): Promise<readonly Result[]> {
  const results: Result[] = new Array(items.length);
  const pending = inOrder(items); // shared; a worker that fails closes it for all
  const worker = async () => {
    for (const [index, item] of pending) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit ?? defaultConcurrency, items.length)) }, worker));
  return results;
}

function* inOrder<Item>(items: readonly Item[]): Generator<[number, Item]> {
  yield* items.entries();
}
