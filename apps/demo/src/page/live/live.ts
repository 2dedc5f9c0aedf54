import { byId } from '../dom';
import { percent, signed } from '../format';
import { DeviceFault } from '../open-devices';
import { saveFile } from '../save-file';
import { type Camera, nextPicture, openCamera } from './camera';
import { EncoderClient, EncoderFault } from './encoder-client';
import { centreSquare, FaceRegion } from './face-region';
import { FeatureBars, LikenessChart } from './feature-view';
import { FrameMeter } from './frame-meter';
import { LikenessTrace } from './likeness';
import type { LoadedEncoder } from './messages';

/** Figures in words change slowly enough to be read. */
const WORDS_MS = 500;

const video = byId<HTMLVideoElement>('camera');
const toggle = byId<HTMLButtonElement>('toggle');
const share = byId<HTMLInputElement>('share');
const region = new FaceRegion(byId<HTMLCanvasElement>('seen'));
const bars = new FeatureBars();
const chart = new LikenessChart();
byId('bars').append(bars.element);
byId('trace').prepend(chart.element);

let client: EncoderClient | undefined;
/** Aborted when the visitor stops. */
let running: AbortController | undefined;
let trace = new LikenessTrace();
/** The latest picture and its features, to be kept as a file. */
let latest: { readonly planes: Uint8Array; readonly features: Float32Array } | undefined;

toggle.onclick = () => (running ? running.abort() : void run());
share.oninput = placeSquare;
video.onresize = placeSquare;
byId('keep-moment').onclick = () => trace.keepThisMoment();
byId('save-frame').onclick = saveFrame;

/** From start to stop. */
async function run(): Promise<void> {
  const stopping = new AbortController();
  const stopped = new Promise<undefined>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(undefined));
  });
  running = stopping;
  begin();
  let camera: Camera | undefined;
  try {
    camera = await openCamera(video);
    camera.gone.addEventListener('abort', () => stopping.abort());
    placeSquare();
    status('Fetching the encoder: 17 MB from this machine, once');
    client ??= new EncoderClient();
    const encoder = await Promise.race([client.load(), stopped]);
    if (encoder) {
      introduce(encoder);
      await look(client, stopping.signal);
    }
    status(camera.gone.aborted ? 'The camera was taken away.' : 'Stopped. The camera is off.');
  } catch (error) {
    if (error instanceof EncoderFault) forgetEncoder();
    showFault(error);
  } finally {
    camera?.close();
    end();
  }
}

/** Picture after picture, each when the one before is done: what the camera gives meanwhile is left out. */
async function look(client: EncoderClient, signal: AbortSignal): Promise<void> {
  const meter = new FrameMeter();
  trace = new LikenessTrace();
  let saidMs = 0;
  while (!signal.aborted) {
    const startedMs = performance.now();
    const square = centreSquare(video.videoWidth, video.videoHeight, share.valueAsNumber / 100);
    const planes = region.read(video, square);
    const { features, encodeMs } = await client.encode(planes.slice());
    const endMs = performance.now();
    latest = { planes, features };
    trace.add(features, endMs);
    bars.show(features);
    const floor = chart.show(trace.points);
    meter.add({ endMs, encodeMs, frameMs: endMs - startedMs });
    if (endMs - saidMs >= WORDS_MS) {
      saidMs = endMs;
      say(meter, features, floor);
    }
    await nextPicture(video, signal);
  }
}

/** The figures in words, for eyes and for screen readers. */
function say(meter: FrameMeter, features: Float32Array, floor: number): void {
  const figures = meter.figures();
  if (figures) {
    byId('rate').textContent = `${figures.framesPerSecond.toFixed(1)} frames a second`;
    byId('time').textContent = `${figures.frameMs.toFixed(1)} ms, ${figures.encodeMs.toFixed(1)} ms of it the encoder`;
  }
  byId('count').textContent = `${meter.count} frames`;
  byId('likeness').textContent = signed(trace.points.at(-1)?.likeness ?? 1);
  byId('floor').textContent = signed(floor);
  bars.describe(features);
  chart.describe(trace.points);
  for (const id of ['keep-moment', 'save-frame']) byId<HTMLButtonElement>(id).disabled = false;
}

function introduce({ width, height, featureCount, device }: LoadedEncoder): void {
  region.resize(width, height);
  byId('encoder').textContent = `${width} × ${height} pixels to ${featureCount} features, ${device}`;
  for (const id of ['results', 'rates']) byId(id).hidden = false;
  status('The camera is on; its features are shown.');
}

/** Draws the part that is read over the picture. */
function placeSquare(): void {
  byId('share-value').textContent = percent(share.valueAsNumber / 100);
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0) return;
  byId('stage').style.aspectRatio = `${width} / ${height}`;
  const { side } = centreSquare(width, height, share.valueAsNumber / 100);
  byId('square').style.width = `${(100 * side) / width}%`;
}

/** The next start tries with a fresh one. */
function forgetEncoder(): void {
  client?.dispose();
  client = undefined;
}

function begin(): void {
  byId('fault').replaceChildren();
  status('Asking for the camera');
  toggle.textContent = 'Stop';
  byId('stage').dataset.state = 'on';
}

function end(): void {
  running = undefined;
  toggle.textContent = 'Start the camera';
  byId('stage').dataset.state = 'off';
}

function saveFrame(): void {
  if (!latest) return;
  const { width, height } = byId<HTMLCanvasElement>('seen');
  const frame = { type: 'uint8', dims: [1, 1, 3, height, width], data: [...latest.planes] };
  const document = { frame, features: [...latest.features] };
  saveFile(`${JSON.stringify(document)}\n`, 'application/json', 'face-features.json');
}

function status(text: string): void {
  byId('status').textContent = text;
}

function showFault(error: unknown): void {
  const isKnown = error instanceof DeviceFault || error instanceof EncoderFault;
  const message = isKnown ? error.message : 'Something went wrong on this page.';
  status('');
  byId('fault').replaceChildren(Object.assign(document.createElement('strong'), { textContent: message }), ' ');
  byId('fault').append(isKnown ? error.hint : 'Reload it and try again.');
  if (!isKnown) console.error(error);
}
