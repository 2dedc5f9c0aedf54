import type { RgbImage } from '../rgb-image';
import type { WarningList } from '../warnings';
import { type MediaInput, openInput } from './open-input';
import { RgbConverter, rotationOf } from './rgb-converter';
import type { PacketScan } from './scan-packets';
import { TrackDecoder } from './track-decoder';

/** Videos up to this many frames are decoded from the start, where counting frames is exact in every container. */
const MAX_FRAMES_DECODED_IN_FULL = 1500;
/** How often the frame count may turn out to be wrong before the work is given up. */
const MAX_COUNT_CORRECTIONS = 2;

/** One wanted frame. */
export interface SelectedFrame {
  /** Position in the video, from 0. */
  readonly index: number;
  /** Time after the start of the video. */
  readonly timeSeconds: number;
  readonly image: RgbImage;
}

/** What {@link readSelectedFrames} needs to know. */
export interface FrameRequest {
  /** Which frames to read, not decreasing, for a video of `total` frames. */
  readonly pick: (total: number) => readonly number[];
  readonly applyRotation: boolean;
  readonly where: string;
  readonly signal: AbortSignal | undefined;
  readonly warnings: WarningList;
  /** Called once per distinct frame, in order; the picture may be dropped afterwards. Starts over when the count was wrong. */
  readonly onFrame: (frame: SelectedFrame) => Promise<void>;
  readonly onRestart: () => Promise<void>;
}

/**
 * Decodes the frames that `pick` asks for, one at a time. Long videos are entered at the last key frame before each wanted
 * frame; where that does not lead to the right place, or times are missing, the video is decoded from its start.
 * @returns the number of frames in the video, or 0 when none can be decoded
 */
export async function readSelectedFrames(input: MediaInput, scan: PacketScan, request: FrameRequest): Promise<number> {
  let total = scan.videoPackets;
  if (total > MAX_FRAMES_DECODED_IN_FULL && scan.videoTimes && scan.keyTimes.length > 0) {
    if (await readBySeeking(input, scan, scan.videoTimes, request)) return total;
    await request.onRestart();
  }
  for (let correction = 0; total > 0 && correction <= MAX_COUNT_CORRECTIONS; correction++) {
    const decoded = await readFromStart(input, scan, total, request);
    if (decoded === undefined) return total;
    request.warnings.add(
      'frame-count-corrected',
      `The video promises ${total} frames, ${decoded} can be decoded; frames were chosen among those`,
      { promisedFrames: total, decodedFrames: decoded },
    );
    await request.onRestart();
    total = decoded;
  }
  return 0;
}

/** Opens the file again at its start, with a decoder for its video, for as long as `work` runs. */
async function withVideoDecoder<T>(
  { source }: MediaInput,
  { where, signal, applyRotation, warnings }: FrameRequest,
  work: (decoder: TrackDecoder, converter: RgbConverter) => Promise<T>,
): Promise<T | undefined> {
  const input = await openInput(source, where);
  let decoder: TrackDecoder | undefined;
  let converter: RgbConverter | undefined;
  try {
    decoder = input.video && (await TrackDecoder.open(input, input.video, where, signal));
    if (!decoder) return undefined;
    converter = new RgbConverter(input.libav, applyRotation ? rotationOf(decoder.stream, input.libav) : 0);
    const result = await work(decoder, converter);
    if (decoder.corruptPackets > 0) {
      warnings.add('corrupt-packets', `${decoder.corruptPackets} damaged packets were skipped`, {
        packets: decoder.corruptPackets,
      });
    }
    return result;
  } finally {
    converter?.dispose();
    decoder?.dispose();
    await input.close();
  }
}

/** @returns `undefined` when every wanted frame was read, else how many frames there are */
async function readFromStart(
  input: MediaInput,
  { videoTimes }: PacketScan,
  total: number,
  request: FrameRequest,
): Promise<number | undefined> {
  const wanted = new Set(request.pick(total));
  const last = Math.max(...wanted);
  let decoded = 0;
  const finished = await withVideoDecoder(input, request, async (decoder, converter) => {
    const unit = decoder.stream.timeBase.toDouble();
    let start: number | undefined;
    for (; decoded <= last; decoded++) {
      const frame = await decoder.next();
      if (!frame) return false;
      const time = presentationTime(frame.bestEffortTimestamp, videoTimes?.[decoded]);
      start ??= time;
      if (!wanted.has(decoded)) continue;
      const image = await converter.convert(frame);
      if (!image) return false;
      await request.onFrame({ index: decoded, timeSeconds: ((time ?? 0) - (start ?? 0)) * unit, image });
    }
    return true;
  });
  return finished ? undefined : decoded;
}

/** @returns whether every wanted frame was found where it should be */
async function readBySeeking(
  input: MediaInput,
  { keyTimes }: PacketScan,
  times: Float64Array,
  request: FrameRequest,
): Promise<boolean> {
  const found = await withVideoDecoder(input, request, async (decoder, converter) => {
    const unit = decoder.stream.timeBase.toDouble();
    let reached = Number.NEGATIVE_INFINITY;
    for (const index of new Set(request.pick(times.length))) {
      const wanted = times[index]!;
      const key = lastAtOrBefore(keyTimes, wanted);
      if (key === undefined) return false;
      if (key > reached && !(await decoder.seek(key))) return false;
      for (;;) {
        const frame = await decoder.next();
        const time = frame && presentationTime(frame.bestEffortTimestamp, undefined);
        if (!frame || time === undefined || time > wanted) return false;
        reached = time;
        if (time < wanted) continue;
        const image = await converter.convert(frame);
        if (!image) return false;
        await request.onFrame({ index, timeSeconds: (wanted - times[0]!) * unit, image });
        break;
      }
    }
    return true;
  });
  return found === true;
}

/** Smallest 64-bit number: what libav writes where it knows no time. */
const NO_TIME = -(2n ** 63n);

function presentationTime(stated: bigint, fallback: number | undefined): number | undefined {
  return stated === NO_TIME ? fallback : Number(stated);
}

function lastAtOrBefore(sorted: Float64Array, value: number): number | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return sorted[low - 1];
}
