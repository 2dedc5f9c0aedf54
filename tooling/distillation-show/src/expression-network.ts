import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { alignTeacher } from '@nano-emox/distillation';
import { type FloatTensor, floatTensor } from '@nano-emox/tensor-contract';
import { classes, decodeFace, type Face } from './faces';

const require = createRequire(import.meta.url);

/** What is used of face-api; its own types need a browser's. */
interface FaceApi {
  readonly tf: {
    setBackend(name: string): Promise<boolean>;
    ready(): Promise<void>;
    tensor3d(data: Uint8Array, shape: readonly number[], type: 'int32'): Disposable_;
  };
  readonly nets: {
    readonly faceExpressionNet: {
      loadFromDisk(folder: string): Promise<void>;
      /** Logits before the softmax. */
      forward(pictures: readonly Disposable_[]): Promise<Disposable_ & { data(): Promise<Float32Array> }>;
    };
  };
}
interface Disposable_ {
  dispose(): void;
}

/** Its classes in the order of its logits, in the words of FER2013. */
const teacherClasses = ['neutral', 'happy', 'sad', 'angry', 'fear', 'disgust', 'surprise'];

/** The expression network of face-api (MIT): pictures to logits `[pictures, classes]` in our order. */
export async function openExpressionNetwork(): Promise<(faces: readonly Face[]) => Promise<FloatTensor>> {
  const { tf, nets } = require('@vladmandic/face-api/dist/face-api.node-wasm.js') as FaceApi;
  await tf.setBackend('wasm');
  await tf.ready();
  const folder = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'model');
  await nets.faceExpressionNet.loadFromDisk(folder);
  return async (faces) => {
    const logits = new Float32Array(faces.length * teacherClasses.length);
    for (const [row, face] of faces.entries()) {
      const { width, height, data } = await decodeFace(face);
      const picture = tf.tensor3d(data, [height, width, 3], 'int32');
      const result = await nets.faceExpressionNet.forward([picture]);
      logits.set(await result.data(), row * teacherClasses.length);
      result.dispose();
      picture.dispose();
    }
    const table = { classes: teacherClasses, logits: floatTensor(logits, [faces.length, teacherClasses.length]) };
    return alignTeacher(table, { classes });
  };
}
