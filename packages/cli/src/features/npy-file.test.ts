import { floatTensor } from '@nano-emox/tensor-contract';
import { expect, it } from 'vitest';
import { npyFile } from './npy-file';

/** From numpy 1.24.2: `numpy.save(file, numpy.array([[1, -2.5, 0.125]], dtype='<f4'))`, in base64. */
const saved =
  'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAIA/AAAgwAAAAD4=';

it('writes the bytes that NumPy writes', () => {
  const file = npyFile(floatTensor(Float32Array.of(1, -2.5, 0.125), [1, 3]));
  expect(Buffer.from(file).toString('base64')).toBe(saved);
});

it.each([
  [[3], '(3,)'],
  [[], '()'],
])('has the shape of a tensor of sizes %j', (dims, shape) => {
  const count = dims.reduce((product, size) => product * size, 1);
  const file = Buffer.from(npyFile(floatTensor(new Float32Array(count), dims)));
  expect(file.toString('latin1')).toContain(`'shape': ${shape}, }`);
  expect(file.length).toBe(128 + count * 4);
});
