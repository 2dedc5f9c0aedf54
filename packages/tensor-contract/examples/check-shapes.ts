// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { bindAxes, f32, floatTensor, NanoEmoxError } from '@nano-emox/tensor-contract';

const spec = f32('batch', 'time', 256); // names stand for sizes that are known at run time
const audio = floatTensor(new Float32Array(2 * 8 * 256), [2, 8, 256]);
const sizes = bindAxes(audio, spec, 'Fusion.fuse', 'audio');
console.log(sizes);

try {
  const scene = floatTensor(new Float32Array(3 * 8 * 256), [3, 8, 256]);
  bindAxes(scene, spec, 'Fusion.fuse', 'scene', sizes); // the same name must have the same size
} catch (error) {
  if (NanoEmoxError.isInstance(error)) console.log(error.code, '-', error.message);
}
