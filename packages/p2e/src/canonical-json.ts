import { createHash } from 'node:crypto';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';

/** What {@link plainJson} returns: text of it says everything about the value, and the same for equal values. */
export type PlainJson = null | boolean | string | number | readonly PlainJson[] | { readonly [key: string]: PlainJson };

/**
 * A value as plain JSON with sorted keys, so that equal values give equal text. Maps become objects, patterns and big
 * integers text, numbers that are not finite their names, typed arrays (weights) the hash of their bytes; `undefined` fields
 * are left out.
 * @throws InvalidArgumentError for a function, a symbol, or an object that holds itself
 */
export function plainJson(value: unknown, argument = 'value'): PlainJson {
  return plainValue(value, argument, new Set());
}

function plainValue(value: unknown, argument: string, ancestors: ReadonlySet<object>): PlainJson {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint' || value instanceof RegExp) return String(value);
  if (value instanceof Date || value instanceof URL) return value.toJSON();
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} sha256:${hashOf(value)}`;
  if (typeof value !== 'object' || ancestors.has(value)) throw notPlain(value, argument);
  const inside = new Set(ancestors).add(value);
  if (Array.isArray(value) || value instanceof Set) {
    return Array.from(value, (item) => plainValue(item ?? null, argument, inside));
  }
  const entries = value instanceof Map ? [...value].map(([key, item]) => [String(key), item]) : Object.entries(value);
  return Object.fromEntries(
    (entries as [string, unknown][])
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, plainValue(item, `${argument}.${key}`, inside)]),
  );
}

/** SHA-256 of text (as UTF-8) or bytes, 64 hexadecimal digits. */
export function hashOf(...parts: readonly (string | ArrayBufferView)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(typeof part === 'string' ? part : new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  }
  return hash.digest('hex');
}

function notPlain(value: unknown, argument: string): InvalidArgumentError {
  return new InvalidArgumentError({
    message: `${argument} holds ${typeof value === 'object' ? 'an object that holds itself' : `a ${typeof value}`}`,
    hint: 'Pass data: numbers, text, lists, objects, maps and typed arrays.',
    argument,
  });
}
