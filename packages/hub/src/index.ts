export {
  type CachedCommit,
  type CachedRepository,
  type CacheOptions,
  type CacheProblem,
  cacheClear,
  cacheList,
  cacheVerify,
  type VerifyOptions,
} from './cache-tools';
export type { PullEvent } from './events';
export { type PulledRepository, type PullOptions, pullRepository } from './pull-repository';
export { hubCacheFolder } from './repository-cache';
