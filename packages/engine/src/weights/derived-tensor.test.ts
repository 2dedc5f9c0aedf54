import { type FloatTensor, floatTensor } from '@nano-emox/tensor-contract';
import { expect, it } from 'vitest';
import { derivedTensor } from './derived-tensor';
import { fingerprintOf, setFingerprint } from './fingerprint';
import { lazyTensor } from './lazy-tensor';

it('is known by its rule and its sources, none of which is read', () => {
  const stored = () => {
    const tensor = lazyTensor({ type: 'float32', dims: [2] }, () => {
      throw new Error('was read');
    });
    setFingerprint(tensor, 'a file, byte 8');
    return tensor;
  };
  const twice = (rule: string) =>
    derivedTensor({ type: 'float32', dims: [2] }, { rule, sources: [stored()] }, () => {
      throw new Error('was computed');
    });
  expect(fingerprintOf(twice('twice'))).toBe(fingerprintOf(twice('twice')));
  expect(fingerprintOf(twice('twice'))).not.toBe(fingerprintOf(twice('thrice')));
  expect(fingerprintOf(twice('twice'))).not.toBe(fingerprintOf(stored()));
});

it('follows values that are in memory, and is computed when it is read', () => {
  const source = floatTensor(Float32Array.of(1, 2), [2]);
  const twice = derivedTensor(source, { rule: 'twice', sources: [source] }, () =>
    source.data.map((value) => 2 * value),
  );
  const before = fingerprintOf(twice);
  expect((twice as FloatTensor).data).toEqual(Float32Array.of(2, 4));
  source.data[0] = 5;
  expect((twice as FloatTensor).data).toEqual(Float32Array.of(10, 4));
  expect(fingerprintOf(twice)).not.toBe(before);
});
