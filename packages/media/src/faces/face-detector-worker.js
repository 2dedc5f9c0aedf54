// @ts-check
// Runs in a worker thread: a detection blocks its thread for 60 to 300 ms, which the event loop of a server cannot afford,
// and the copy of TensorFlow.js in here never meets one that the program itself has set up. Plain JavaScript, so that the
// same file is a worker from the sources (in tests) and from the build.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parentPort } from 'node:worker_threads';

const require = createRequire(import.meta.url);

/** Input side of the small detector; 416 finds faces from about 30 pixels in a 640-pixel picture. */
const TINY_INPUT_PX = 416;

/** @typedef {{ box: { x: number, y: number, width: number, height: number }, score: number }} Face */

/** @type {Promise<any> | undefined} */
let loading;

/** The library and the small network, loaded once; a failure is tried again. */
function loaded() {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load() {
  const faceApi = require('@vladmandic/face-api/dist/face-api.node-wasm.js');
  await faceApi.tf.setBackend('wasm');
  await faceApi.tf.ready();
  const folder = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'model');
  await faceApi.nets.tinyFaceDetector.loadFromDisk(folder);
  return { faceApi, folder };
}

/**
 * @param {{ width: number, height: number, data: Uint8Array, model: string, minScore: number }} request
 * @returns {Promise<Face[]>}
 */
async function detect({ width, height, data, model, minScore }) {
  const { faceApi, folder } = await loaded();
  const picture = faceApi.tf.tensor3d(data, [height, width, 3], 'int32');
  try {
    if (model === 'accurate') return await detectAccurately(faceApi, folder, picture, minScore);
    // The small network is asked for weak faces too: see `keepShape`.
    const scoreThreshold = model === 'auto' ? minScore / 2 : minScore;
    const options = new faceApi.TinyFaceDetectorOptions({ inputSize: TINY_INPUT_PX, scoreThreshold });
    const found = plain(await faceApi.detectAllFaces(picture, options));
    const strong = found.filter(({ score }) => score >= minScore);
    if (model === 'fast' || strong.length > 0) return strong;
    return keepShape(await detectAccurately(faceApi, folder, picture, minScore), found);
  } finally {
    picture.dispose();
  }
}

/**
 * @param {any} faceApi
 * @param {string} folder
 * @param {any} picture
 * @param {number} minScore
 */
async function detectAccurately(faceApi, folder, picture, minScore) {
  if (!faceApi.nets.ssdMobilenetv1.isLoaded) await faceApi.nets.ssdMobilenetv1.loadFromDisk(folder);
  return plain(await faceApi.detectAllFaces(picture, new faceApi.SsdMobilenetv1Options({ minConfidence: minScore })));
}

/**
 * The two networks draw boxes of different shape, and crops must not jump between frames of one clip. So where the large
 * network confirms a weak face of the small one, its score is given with the small one's box.
 * @param {Face[]} confirmed
 * @param {Face[]} weak
 * @returns {Face[]}
 */
function keepShape(confirmed, weak) {
  return confirmed.map((face) => ({
    ...face,
    box: (weak.find(({ box }) => overlap(box, face.box) > 0.3) ?? face).box,
  }));
}

/**
 * Intersection over union.
 * @param {Face['box']} a
 * @param {Face['box']} b
 */
function overlap(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const shared = Math.max(0, width) * Math.max(0, height);
  return shared / (a.width * a.height + b.width * b.height - shared);
}

/**
 * @param {any[]} found
 * @returns {Face[]}
 */
function plain(found) {
  return found.map(({ box: { x, y, width, height }, score }) => ({ box: { x, y, width, height }, score }));
}

/** One at a time: detections would only slow each other down, and the small one may call for the large one. */
let last = Promise.resolve();

parentPort?.on('message', ({ id, request }) => {
  last = last.then(async () => {
    try {
      if (!request) await loaded();
      parentPort?.postMessage({ id, faces: request ? await detect(request) : [] });
    } catch (error) {
      const { code, message } = /** @type {{ code?: string, message?: string }} */ (error);
      parentPort?.postMessage({ id, error: { code, message: String(message) } });
    }
  });
});
