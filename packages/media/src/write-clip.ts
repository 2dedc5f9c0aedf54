import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { ExecutionError, InvalidArgumentError, throwIfAborted } from '@nano-emox/tensor-contract';
import type { CodecContext, Dictionary, FormatContext, Frame, Packet, SoftwareScaleContext, Stream } from 'node-av/lib';
import { type Libav, loadLibav } from './libav/load-libav';

/** What {@link writeClip} writes. */
export interface WriteClipOptions {
  /** Pictures in order, each RGB bytes (`height * width * 3`, rows top to bottom). Absent for sound alone. */
  readonly frames?: Iterable<Uint8Array> | AsyncIterable<Uint8Array> | undefined;
  /** Frames per second, up to three decimals are kept. @default 25 */
  readonly fps?: number | undefined;
  /** Even number of pixels, as H.264 in 4:2:0 demands. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Mono float32 in [-1, 1]. Absent for pictures alone. */
  readonly samples?: Float32Array | undefined;
  /** @default 16000 */
  readonly sampleRateHz?: number | undefined;
  /** Quality of the pictures, H.264 constant rate factor: 0 lossless .. 51. @default 20 */
  readonly quality?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Sound is encoded this far ahead of the pictures, so that both stay interleaved in the file. */
const AUDIO_LEAD_SECONDS = 0.5;
const AUDIO_BITS_PER_SECOND = 128_000n;

/**
 * Writes an MP4: H.264 (MPEG-4 part 2 where the library lacks an H.264 encoder) and AAC. The file appears under its name
 * only when it is complete.
 * @throws InvalidArgumentError, ExecutionError when an encoder or the disk fails, AbortedError, MissingDependencyError
 */
export async function writeClip(path: string, options: WriteClipOptions): Promise<void> {
  checkOptions(options);
  const libav = await loadLibav();
  const partial = `${path}.${randomUUID()}.partial`;
  const writer = new ClipWriter(libav, partial, options);
  try {
    await writer.write();
    await writer.close();
    await rename(partial, path);
  } finally {
    await writer.close();
    await rm(partial, { force: true });
  }
}

function checkOptions({
  frames,
  fps = 25,
  width = 0,
  height = 0,
  samples,
  sampleRateHz = 16_000,
}: WriteClipOptions): void {
  const fail = (argument: string, message: string, hint: string): never => {
    throw new InvalidArgumentError({ message: `writeClip: ${message}`, hint, argument });
  };
  if (!frames && !samples) fail('frames', 'neither frames nor samples given', 'Pass frames, samples or both.');
  if (frames && !(fps > 0 && fps <= 1000)) fail('fps', `fps is ${fps}`, 'Pass a rate above 0 and up to 1000.');
  const isSide = (side: number) => Number.isInteger(side) && side >= 2 && side % 2 === 0;
  if (frames && !(isSide(width) && isSide(height))) {
    fail('width', `a picture of ${width}×${height} cannot be encoded`, 'Width and height must be even, at least 2.');
  }
  if (samples && ![8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000].includes(sampleRateHz)) {
    fail('sampleRateHz', `AAC has no rate of ${sampleRateHz} Hz`, 'Use resample() to get to 16000 or 48000 Hz.');
  }
}

/** One track being encoded. */
interface Track {
  readonly encoder: CodecContext;
  readonly stream: Stream;
  /** Length of every frame in the encoder's time base, where they are all alike. */
  readonly frameLength?: bigint;
}

class ClipWriter {
  private readonly format: FormatContext;
  private readonly packet: Packet;
  private readonly owned: { free(): void }[] = [];
  private readonly encoders: CodecContext[] = [];
  private opened = false;
  private closed = false;

  constructor(
    private readonly libav: Libav,
    private readonly path: string,
    private readonly options: WriteClipOptions,
  ) {
    this.format = new libav.lib.FormatContext();
    this.packet = new libav.lib.Packet();
    this.packet.alloc();
  }

  async write(): Promise<void> {
    const { format, options } = this;
    this.check(format.allocOutputContext2(null, 'mp4', this.path), 'prepare the container');
    const video = options.frames ? await this.addVideo() : undefined;
    const audio = options.samples ? await this.addAudio() : undefined;
    this.check(await format.openOutput(), `create ${this.path}`);
    this.opened = true;
    this.check(await format.writeHeader(), 'write the header');
    const sound = audio && this.audioFeed(audio);
    if (video && options.frames) {
      const fps = options.fps ?? 25;
      let index = 0;
      for await (const picture of options.frames) {
        throwIfAborted(options.signal, 'writeClip');
        await sound?.encodeUntil(index / fps + AUDIO_LEAD_SECONDS);
        await this.encodePicture(video, picture, index++);
      }
      await this.encode(video, null);
    }
    await sound?.encodeUntil(Number.POSITIVE_INFINITY);
    if (audio) await this.encode(audio, null);
    this.check(await format.writeTrailer(), 'finish the file');
  }

  /** Frees everything native; the second call does nothing. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const thing of this.owned) thing.free();
    for (const encoder of this.encoders) encoder.freeContext();
    this.packet.free();
    if (this.opened) await this.format.closeOutput();
    this.format.freeContext();
  }

  private async addVideo(): Promise<
    Track & { readonly source: Frame; readonly target: Frame; readonly scaler: SoftwareScaleContext }
  > {
    const { lib, constants } = this.libav;
    const { width = 0, height = 0, fps = 25, quality = 20 } = this.options;
    const codec = lib.Codec.findEncoderByName('libx264' as never) ?? lib.Codec.findEncoderByName('mpeg4' as never);
    const rate = new lib.Rational(Math.round(fps * 1000), 1000);
    const settings: Record<string, string> =
      codec?.name === 'libx264' ? { preset: 'veryfast', crf: String(quality) } : {};
    const track = await this.addTrack(codec, settings, (encoder) => {
      encoder.width = width;
      encoder.height = height;
      encoder.pixelFormat = constants.AV_PIX_FMT_YUV420P;
      encoder.framerate = rate;
      encoder.timeBase = rate.inv();
      if (codec?.name === 'mpeg4') encoder.bitRate = BigInt(Math.round(width * height * fps * 0.2));
    });
    const scaler = new lib.SoftwareScaleContext();
    scaler.allocContext();
    this.owned.push({ free: () => scaler.freeContext() });
    return {
      ...track,
      frameLength: 1n,
      scaler,
      source: this.pictureFrame(constants.AV_PIX_FMT_RGB24, width, height),
      target: this.pictureFrame(constants.AV_PIX_FMT_YUV420P, width, height),
    };
  }

  private pictureFrame(format: Frame['format'], width: number, height: number): Frame {
    const frame = this.newFrame();
    frame.format = format;
    frame.width = width;
    frame.height = height;
    this.check(frame.getBuffer(), 'allocate a picture');
    return frame;
  }

  private newFrame(): Frame {
    const frame = new this.libav.lib.Frame();
    frame.alloc();
    this.owned.push(frame);
    return frame;
  }

  private addAudio(): Promise<Track> {
    const { lib, constants } = this.libav;
    const { sampleRateHz = 16_000 } = this.options;
    return this.addTrack(lib.Codec.findEncoderByName('aac' as never), {}, (encoder) => {
      encoder.sampleRate = sampleRateHz;
      encoder.sampleFormat = constants.AV_SAMPLE_FMT_FLTP;
      encoder.channelLayout = constants.AV_CHANNEL_LAYOUT_MONO;
      encoder.bitRate = AUDIO_BITS_PER_SECOND;
      encoder.timeBase = new lib.Rational(1, sampleRateHz);
    });
  }

  private async addTrack(
    codec: ReturnType<Libav['lib']['Codec']['findEncoderByName']>,
    settings: Record<string, string>,
    configure: (encoder: CodecContext) => void,
  ): Promise<Track> {
    const { lib, constants } = this.libav;
    if (!codec) this.check(constants.AVERROR_ENCODER_NOT_FOUND, 'find an encoder');
    const encoder = new lib.CodecContext();
    encoder.allocContext3(codec);
    this.encoders.push(encoder);
    configure(encoder);
    encoder.setFlags(constants.AV_CODEC_FLAG_GLOBAL_HEADER);
    const stream = this.format.newStream(codec);
    let options: Dictionary | undefined;
    try {
      options = lib.Dictionary.fromObject(settings);
      this.check(await encoder.open2(codec, options), `open the encoder ${codec?.name}`);
    } finally {
      options?.free();
    }
    stream.timeBase = encoder.timeBase;
    this.check(stream.codecpar.fromContext(encoder), 'describe the track');
    return { encoder, stream };
  }

  private async encodePicture(
    track: Track & { readonly source: Frame; readonly target: Frame; readonly scaler: SoftwareScaleContext },
    picture: Uint8Array,
    index: number,
  ): Promise<void> {
    const { width = 0, height = 0 } = this.options;
    if (picture.length !== width * height * 3) {
      throw new InvalidArgumentError({
        message: `writeClip: frame ${index} has ${picture.length} bytes`,
        hint: `Pass ${width * height * 3} bytes for ${width}×${height} RGB.`,
        argument: 'frames',
      });
    }
    const { source, target, scaler } = track;
    this.check(source.makeWritable(), 'reuse a picture');
    const plane = source.data![0]!;
    for (let row = 0; row < height; row++) {
      plane.set(picture.subarray(row * width * 3, (row + 1) * width * 3), row * source.linesize[0]!);
    }
    // The encoder may still hold the last picture; this makes a new buffer only then.
    this.check(target.makeWritable(), 'reuse a picture');
    this.check(await scaler.scaleFrame(target, source), 'convert a picture');
    target.pts = BigInt(index);
    // Without a length the last frame would end as it begins, and the container's edit list would hide it.
    target.duration = 1n;
    await this.encode(track, target);
  }

  /** Encodes the samples in the frame length the codec wants, up to a time. */
  private audioFeed(track: Track): { encodeUntil(seconds: number): Promise<void> } {
    const { samples = new Float32Array(0), sampleRateHz = 16_000 } = this.options;
    const frameSamples = track.encoder.frameSize || 1024;
    let position = 0;
    return {
      encodeUntil: async (seconds) => {
        while (position < samples.length && position / sampleRateHz < seconds) {
          throwIfAborted(this.options.signal, 'writeClip');
          const part = samples.subarray(position, position + frameSamples);
          const frame = this.libav.lib.Frame.fromAudioBuffer(
            Buffer.from(part.buffer, part.byteOffset, part.byteLength),
            {
              nbSamples: part.length,
              format: this.libav.constants.AV_SAMPLE_FMT_FLTP,
              sampleRate: sampleRateHz,
              channelLayout: this.libav.constants.AV_CHANNEL_LAYOUT_MONO,
              pts: BigInt(position),
            },
          );
          try {
            await this.encode(track, frame);
          } finally {
            frame.free();
          }
          position += part.length;
        }
      },
    };
  }

  /** Gives the encoder a frame, or `null` for the end, and writes what comes out. */
  private async encode({ encoder, stream, frameLength }: Track, frame: Frame | null): Promise<void> {
    const { AVERROR_EAGAIN, AVERROR_EOF } = this.libav.constants;
    this.check(await encoder.sendFrame(frame), 'encode');
    for (;;) {
      const status = await encoder.receivePacket(this.packet);
      if (status === AVERROR_EAGAIN || status === AVERROR_EOF) return;
      this.check(status, 'encode');
      this.packet.streamIndex = stream.index;
      if (this.packet.duration === 0n && frameLength !== undefined) this.packet.duration = frameLength;
      this.packet.rescaleTs(encoder.timeBase, stream.timeBase);
      this.check(await this.format.interleavedWriteFrame(this.packet), `write to ${this.path}`);
    }
  }

  private check(status: number, doing: string): void {
    if (status >= 0) return;
    throw new ExecutionError({
      message: `writeClip: could not ${doing} (${this.libav.lib.FFmpegError.strerror(status)})`,
      hint: 'Check that the folder exists and can be written to, and that the disk is not full.',
    });
  }
}
