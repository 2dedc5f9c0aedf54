import { decodeSafetensors, encodeSafetensors, parseSafetensorsHeader } from '@nano-emox/engine/weights';
import { type FloatTensor, InvalidArgumentError, NanoEmoxError, NonFiniteError } from '@nano-emox/tensor-contract';
import { hashOf } from '../canonical-json';

/** Features of one clip, by name. */
export type Features = Readonly<Record<string, FloatTensor>>;

/** Largest magnitude that rounds to a finite float16 (ties to even would round 65520 to infinity). */
const FLOAT16_LIMIT = 65_520;

/**
 * Features of a clip as the bytes of a safetensors file. A tensor is kept in float16; one with a value beyond its range
 * (±65504) is kept in float32, whole and exact: a few channels of large transformers are that large. The metadata carry a
 * checksum over names, shapes, values and `identity`.
 * @param identity - what the file belongs to; a file under a wrong name does not pass for another's
 * @throws NonFiniteError when a feature is NaN or infinite: that is a fault of the encoder, not a feature
 */
export function encodeFeatures(features: Features, identity: string): Uint8Array {
  const tensors = new Map(Object.entries(features));
  for (const [name, tensor] of tensors) requireFeature(name, tensor);
  const storage = (name: string) => (exceedsFloat16(tensors.get(name) as FloatTensor) ? 'float32' : 'float16');
  const checksum = checksumOf(encodeSafetensors(tensors, {}, { storage }), identity);
  return encodeSafetensors(tensors, { checksum }, { storage });
}

/**
 * Whether `bytes` are a whole file of `identity`, to the last bit.
 */
export function isIntact(bytes: Uint8Array, identity: string): boolean {
  try {
    const { metadata } = parseSafetensorsHeader(bytes, bytes.length, 'features');
    return metadata.checksum === checksumOf(bytes, identity);
  } catch (error) {
    if (NanoEmoxError.isInstance(error) && error.code === 'INVALID_FILE') return false;
    throw error;
  }
}

/** Features from the bytes of a file that {@link isIntact}; new tensors at every call. */
export function decodeFeatures(bytes: Uint8Array): Record<string, FloatTensor> {
  return Object.fromEntries(decodeSafetensors(bytes, 'features').tensors) as Record<string, FloatTensor>;
}

function checksumOf(bytes: Uint8Array, identity: string): string {
  const { entries } = parseSafetensorsHeader(bytes, bytes.length, 'features');
  const layout = [...entries].map(([name, { dtype, shape }]) => [name, dtype, shape]);
  const dataStart = Math.min(bytes.length, ...[...entries.values()].map(({ offsetBytes }) => offsetBytes));
  return hashOf(JSON.stringify([identity, layout]), bytes.subarray(dataStart));
}

function exceedsFloat16({ data }: FloatTensor): boolean {
  return data.some((value) => Math.abs(value) >= FLOAT16_LIMIT);
}

function requireFeature(name: string, { type, dims, data }: FloatTensor): void {
  if (type !== 'float32') {
    throw new InvalidArgumentError({
      message: `feature ${JSON.stringify(name)} is ${type}`,
      hint: 'Features are float32 tensors.',
      argument: 'compute',
    });
  }
  const position = data.findIndex((value) => !Number.isFinite(value));
  if (position < 0) return;
  throw new NonFiniteError({
    message: `feature ${JSON.stringify(name)} [${dims}] holds ${data[position]} at element ${position}`,
    hint: 'Check the weights of the encoder and its input; nothing was cached for this clip.',
  });
}
