import { closeDevices, DeviceFault, type DeviceTexts, openDevices } from './open-devices';

/** Longest recording; the model reads a few seconds. */
const MAX_SECONDS = 10;

const insecure = ['This browser cannot record here.', 'Open the page as http://localhost, or choose a file.'] as const;
const texts: DeviceTexts = {
  denied: [
    'The browser may not use camera and microphone.',
    'Allow both beside the address, then press Record again; or choose a file.',
  ],
  missing: ['No camera or no microphone was found.', 'Connect them, or choose a file.'],
  busy: ['Camera or microphone is in use elsewhere.', 'Close the other program, then press Record again.'],
  insecure,
  other: ['Recording did not work.', 'Choose a file instead.'],
};

/** A recording under way. */
export interface Recording {
  /** The camera's picture, for showing. */
  readonly stream: MediaStream;
  /** Ends it. Idempotent. */
  stop(): void;
  /** The clip, when it was stopped or is long enough. */
  readonly clip: Promise<File>;
}

/**
 * Records camera and microphone as WebM or MP4, whichever the browser writes; ten seconds at most.
 * @param onTime told the seconds so far, several times a second
 * @throws DeviceFault
 */
export async function startRecording(onTime: (seconds: number) => void): Promise<Recording> {
  if (typeof MediaRecorder === 'undefined') throw new DeviceFault(...insecure);
  const stream = await openDevices({ video: { width: { ideal: 640 } }, audio: true }, texts);
  const type = ['video/webm', 'video/mp4'].find((candidate) => MediaRecorder.isTypeSupported(candidate));
  const recorder = new MediaRecorder(stream, type === undefined ? {} : { mimeType: type });
  const chunks: Blob[] = [];
  const startedMs = performance.now();
  const stop = () => {
    if (recorder.state !== 'inactive') recorder.stop();
  };
  const timer = setInterval(() => {
    const elapsed = (performance.now() - startedMs) / 1000;
    onTime(Math.min(elapsed, MAX_SECONDS));
    if (elapsed >= MAX_SECONDS) stop();
  }, 100);
  const clip = new Promise<File>((resolve, reject) => {
    recorder.ondataavailable = ({ data }) => chunks.push(data);
    recorder.onerror = () =>
      reject(new DeviceFault('The recording broke off.', 'Press Record again, or choose a file.'));
    recorder.onstop = () => resolve(new File(chunks, 'recording', { type: recorder.mimeType }));
  }).finally(() => {
    clearInterval(timer);
    closeDevices(stream);
  });
  recorder.start();
  return { stream, stop, clip };
}
