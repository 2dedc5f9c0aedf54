import { throwIfAborted } from '@nano-emox/tensor-contract';
import type { MediaEventListener } from '../events';
import type { MediaInput } from './open-input';

/** Packets between two looks at the signal and two progress events. */
const PACKETS_PER_CHECK = 512;

/** What the packets of a file tell without decoding any of them. */
export interface PacketScan {
  /** Presentation times of the video packets in the track's time base, ascending; `undefined` where some carry none. */
  readonly videoTimes: Float64Array | undefined;
  /** Times of the packets that decoding can start at, ascending. */
  readonly keyTimes: Float64Array;
  readonly videoPackets: number;
  /** Length of one frame in the track's time base, as the last packet states it; 0 when it does not. */
  readonly lastFrameLength: number;
  readonly audioPackets: number;
  /** First presentation time and end of the last audio packet, in seconds. */
  readonly audioStartSeconds: number;
  readonly audioEndSeconds: number;
  /** Whether the file ends before the container says it should. */
  readonly truncated: boolean;
}

/** Growing list of numbers without boxing; a two-hour video at 60 frames per second takes 3.5 MB. */
class NumberList {
  private values = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Float64Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }

  sorted(): Float64Array {
    return this.values.slice(0, this.length).sort();
  }
}

/** Reads through the file once, keeping times only. Decoding afterwards touches no more than is needed. */
export async function scanPackets(
  input: MediaInput,
  where: string,
  signal: AbortSignal | undefined,
  onEvent: MediaEventListener | undefined,
): Promise<PacketScan> {
  const { lib, constants } = input.libav;
  const { video, audio, format, source } = input;
  const totalBytes = source.sizeBytes;
  for (const stream of format.streams) {
    if (stream.index !== video?.index && stream.index !== audio?.index) stream.discard = constants.AVDISCARD_ALL;
  }
  const times = new NumberList();
  const keyTimes = new NumberList();
  let allTimed = true;
  let videoPackets = 0;
  // Packets that an edit list hides are part of what the container promises, though never shown.
  let hiddenVideoPackets = 0;
  let cutOff = false;
  let lastFrameLength = 0;
  let audioPackets = 0;
  let audioStart = Number.POSITIVE_INFINITY;
  let audioEnd = Number.NEGATIVE_INFINITY;
  let loadedBytes = 0;
  const audioUnit = audio ? audio.timeBase.toDouble() : 0;
  onEvent?.({ type: 'scan-start', totalBytes });
  const packet = new lib.Packet();
  packet.alloc();
  let status = 0;
  try {
    for (let count = 0; ; count++) {
      if (count % PACKETS_PER_CHECK === 0) {
        throwIfAborted(signal, where);
        if (count > 0) onEvent?.({ type: 'scan-delta', loadedBytes, totalBytes });
      }
      status = await format.readFrame(packet);
      if (status < 0) break;
      const position = Number(packet.pos);
      if (position > loadedBytes) loadedBytes = Math.min(position, totalBytes);
      if ((packet.flags & constants.AV_PKT_FLAG_CORRUPT) !== 0) cutOff = true;
      const shown = (packet.flags & constants.AV_PKT_FLAG_DISCARD) === 0;
      if (packet.streamIndex === video?.index && shown) {
        videoPackets++;
        lastFrameLength = Number(packet.duration) || lastFrameLength;
        if (packet.pts === constants.AV_NOPTS_VALUE) allTimed = false;
        else {
          times.push(Number(packet.pts));
          if (packet.isKeyframe) keyTimes.push(Number(packet.pts));
        }
      } else if (packet.streamIndex === video?.index) {
        hiddenVideoPackets++;
      } else if (packet.streamIndex === audio?.index && shown) {
        audioPackets++;
        if (packet.pts !== constants.AV_NOPTS_VALUE) {
          audioStart = Math.min(audioStart, Number(packet.pts) * audioUnit);
          audioEnd = Math.max(audioEnd, Number(packet.pts + packet.duration) * audioUnit);
        }
      }
      packet.unref();
    }
  } finally {
    packet.free();
  }
  const audioSeconds = audioEnd > audioStart ? audioEnd - audioStart : 0;
  onEvent?.({ type: 'scan-end', videoFrames: videoPackets, audioSeconds });
  const promised = Number(video?.nbFrames ?? 0n);
  return {
    videoTimes: allTimed && videoPackets > 0 ? times.sorted() : undefined,
    keyTimes: keyTimes.sorted(),
    videoPackets,
    lastFrameLength,
    audioPackets,
    audioStartSeconds: audioSeconds > 0 ? audioStart : 0,
    audioEndSeconds: audioSeconds > 0 ? audioEnd : 0,
    truncated:
      cutOff || status !== constants.AVERROR_EOF || (promised > 0 && videoPackets + hiddenVideoPackets < promised),
  };
}
