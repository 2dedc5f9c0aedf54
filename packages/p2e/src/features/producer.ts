import { hashOf, plainJson } from '../canonical-json';

/**
 * Name of whatever makes features: a hash over everything that determines them. Weights may be passed as maps of tensors,
 * their bytes are hashed; the order of keys does not matter.
 * @throws InvalidArgumentError when a part is not data
 * @example
 * const producer = producerOf({ encoder: { config, weights }, sampling: { frames: 16, clips: 8 } });
 */
export function producerOf(parts: Readonly<Record<string, unknown>>): string {
  return hashOf(JSON.stringify(plainJson(parts, 'parts')));
}
