import { closeDevices, type DeviceTexts, openDevices } from '../open-devices';

const texts: DeviceTexts = {
  denied: ['The browser may not use the camera.', 'Allow it beside the address, then start again.'],
  missing: ['No camera was found.', 'Connect one, then start again.'],
  busy: ['The camera is in use elsewhere.', 'Close the other program, then start again.'],
  insecure: ['This browser gives no camera here.', 'Open the page as http://localhost.'],
  other: ['The camera did not start.', 'Try another one, or another browser.'],
};

/** The camera, while it shows its picture. */
export interface Camera {
  /** Aborted when the camera goes away by itself: unplugged, or taken back by the visitor. */
  readonly gone: AbortSignal;
  close(): void;
}

/** Shows the camera's picture in `video`. @throws DeviceFault */
export async function openCamera(video: HTMLVideoElement): Promise<Camera> {
  const wanted = { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: 'user' };
  const stream = await openDevices({ video: wanted, audio: false }, texts);
  const gone = new AbortController();
  for (const track of stream.getTracks()) track.addEventListener('ended', () => gone.abort());
  const close = () => {
    closeDevices(stream);
    video.srcObject = null;
  };
  try {
    video.srcObject = stream;
    await video.play();
  } catch (error) {
    close();
    throw error;
  }
  return { gone: gone.signal, close };
}

/** Waits for the next picture of the camera, or until `signal` is aborted. */
export function nextPicture(video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(() => resolve());
    else requestAnimationFrame(() => resolve());
  });
}
