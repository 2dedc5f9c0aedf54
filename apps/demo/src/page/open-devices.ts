/** What the page says when camera or microphone do not serve. */
export class DeviceFault extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
    this.name = 'DeviceFault';
  }
}

/** Message and hint for each way in which devices fail; `insecure`: the page was opened where browsers give none. */
export type DeviceTexts = Readonly<
  Record<'denied' | 'missing' | 'busy' | 'insecure' | 'other', readonly [message: string, hint: string]>
>;

const faults: Readonly<Record<string, keyof DeviceTexts>> = {
  NotAllowedError: 'denied',
  NotFoundError: 'missing',
  NotReadableError: 'busy',
};

/** Asks for camera, microphone, or both. @throws DeviceFault */
export async function openDevices(wanted: MediaStreamConstraints, texts: DeviceTexts): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new DeviceFault(...texts.insecure);
  try {
    return await navigator.mediaDevices.getUserMedia(wanted);
  } catch (error) {
    throw new DeviceFault(...texts[faults[(error as Error).name] ?? 'other']);
  }
}

/** Lets devices go; the camera's light goes out. */
export function closeDevices(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
