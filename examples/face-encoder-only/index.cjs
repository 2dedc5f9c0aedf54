/** The face encoder alone, through require(): raw frames in, features and face tokens out. Node 20.19 or later. */
const { FaceEncoder, presets } = require('@nano-emox/face-encoder');

const size = presets.tiny.imageSize;
const frames = { type: 'uint8', dims: [1, 8, 3, size, size], data: new Uint8Array(8 * 3 * size * size) };
for (let index = 0; index < frames.data.length; index++) frames.data[index] = (index * 31) % 256; // raw RGB planes, 0 to 255

async function main() {
  const encoder = await FaceEncoder.create(presets.tiny, { seed: 7 });
  try {
    const { features, tokens } = await encoder.encode(frames);
    if (![...features.data, ...tokens.data].every(Number.isFinite))
      throw new Error('the encoder gave a value that is no number');
    console.log(`${encoder.device}: features [${features.dims}], tokens [${tokens.dims}]`);
  } finally {
    await encoder.dispose();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
