import { setTimeout as sleep } from 'node:timers/promises';
import { FeatureCache } from '../feature-cache';
import { clipFeatures, clipKeys } from './clip-features';

/** Program of the tests with processes: fills a cache and says on standard output how far it is. */
const [folder = '', count = '0', millisecondsPerClip = '0'] = process.argv.slice(2);
const cache = await FeatureCache.open({ folder, producer: 'fill-cache' });
const say = (text: string) => process.stdout.write(`${text}\n`);
await cache.prefetch(
  clipKeys(Number(count)),
  async (key) => {
    await sleep(Number(millisecondsPerClip));
    return clipFeatures(key);
  },
  { concurrency: 3, onEvent: (event) => say(JSON.stringify(event)) },
);
say(JSON.stringify(cache.stats()));
await cache.dispose();
