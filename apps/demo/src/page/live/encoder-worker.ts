/// <reference lib="webworker" />
import { FaceEncoder, frameSize } from '@nano-emox/face-encoder';
import { type HostTensor, NanoEmoxError } from '@nano-emox/tensor-contract';
import type { EncoderAnswer, EncoderRequest } from './messages';

/** Folder of the encoder on the server of this page. */
const MODEL_ADDRESS = '/live/model';

let encoder: FaceEncoder | undefined;
/** Requests are worked on one after the other. */
let last: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<EncoderRequest>) => {
  last = last.then(async () => self.postMessage(await answerTo(data).catch(faultOf)));
};

async function answerTo(request: EncoderRequest): Promise<EncoderAnswer> {
  if (request.type === 'load') return load();
  if (!encoder) throw new TypeError('The encoder is not loaded.');
  const startedMs = performance.now();
  const { features } = await encoder.encode(frameOf(encoder, request.planes));
  return { type: 'encoded', picture: { features: features.data, encodeMs: performance.now() - startedMs } };
}

async function load(): Promise<EncoderAnswer> {
  encoder ??= await FaceEncoder.fromPretrained(MODEL_ADDRESS, { device: 'wasm' });
  await encoder.warmUp();
  const [height, width] = frameSize(encoder.config);
  const { headWidth: featureCount } = encoder.config;
  return { type: 'loaded', encoder: { width, height, featureCount, device: encoder.device } };
}

/** One clip of one frame: `[1, 1, 3, height, width]`. */
function frameOf(encoder: FaceEncoder, planes: Uint8Array): HostTensor {
  const dims = [1, 1, 3, ...frameSize(encoder.config)];
  return encoder.config.inputType === 'float32'
    ? { type: 'float32', dims, data: Float32Array.from(planes) }
    : { type: 'uint8', dims, data: planes };
}

function faultOf(error: unknown): EncoderAnswer {
  if (NanoEmoxError.isInstance(error)) return { type: 'fault', message: error.message, hint: error.hint };
  return { type: 'fault', message: `The encoder failed: ${(error as Error).message}`, hint: 'Reload the page.' };
}
