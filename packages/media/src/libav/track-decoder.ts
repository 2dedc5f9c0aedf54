import { availableParallelism } from 'node:os';
import { throwIfAborted } from '@nano-emox/tensor-contract';
import type { CodecContext, Dictionary, Frame, Packet, Stream } from 'node-av/lib';
import { MAX_DECODER_THREADS, MAX_PICTURE_PIXELS } from './demuxers';
import type { MediaInput } from './open-input';

/**
 * Reads one track frame by frame. The frame handed out is reused: copy what is needed before asking for the next.
 * Packets that cannot be decoded are counted and skipped.
 */
export class TrackDecoder {
  /** Packets the decoder refused. */
  corruptPackets = 0;
  private readonly packet: Packet;
  private readonly frame: Frame;
  private draining = false;
  private fresh = true;
  private disposed = false;

  private constructor(
    private readonly input: MediaInput,
    readonly stream: Stream,
    private readonly codec: CodecContext,
    private readonly where: string,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.packet = new input.libav.lib.Packet();
    this.packet.alloc();
    this.frame = new input.libav.lib.Frame();
    this.frame.alloc();
  }

  /** Returns `undefined` when no decoder knows the track or accepts its parameters. */
  static async open(
    input: MediaInput,
    stream: Stream,
    where: string,
    signal: AbortSignal | undefined,
  ): Promise<TrackDecoder | undefined> {
    const { lib, constants } = input.libav;
    const codec = lib.Codec.findDecoder(stream.codecpar.codecId);
    if (!codec) return undefined;
    for (const other of input.format.streams) {
      other.discard = other.index === stream.index ? constants.AVDISCARD_DEFAULT : constants.AVDISCARD_ALL;
    }
    const context = new lib.CodecContext();
    let options: Dictionary | undefined;
    try {
      context.allocContext3(codec);
      let status = context.parametersToContext(stream.codecpar);
      context.pktTimebase = stream.timeBase;
      context.threadCount = Math.min(availableParallelism(), MAX_DECODER_THREADS);
      options = lib.Dictionary.fromObject({ max_pixels: MAX_PICTURE_PIXELS });
      if (status >= 0) status = await context.open2(codec, options);
      if (status < 0) {
        context.freeContext();
        return undefined;
      }
      return new TrackDecoder(input, stream, context, where, signal);
    } catch (error) {
      context.freeContext();
      throw error;
    } finally {
      options?.free();
    }
  }

  /** Whether nothing has been read yet, so that the next frame is the first of the track. */
  get isFresh(): boolean {
    return this.fresh;
  }

  /** The next frame in presentation order, or `undefined` at the end. */
  async next(): Promise<Frame | undefined> {
    const { AVERROR_EOF, AVERROR_EAGAIN } = this.input.libav.constants;
    for (;;) {
      throwIfAborted(this.signal, this.where);
      this.frame.unref();
      const received = await this.codec.receiveFrame(this.frame);
      if (received >= 0) return this.frame;
      if (received === AVERROR_EOF) return undefined;
      if (received !== AVERROR_EAGAIN) {
        this.corruptPackets++;
        if (this.draining) return undefined;
      }
      await this.feed();
    }
  }

  /** Moves so that the next frames begin at or before `time` (in the track's time base). Returns whether it worked. */
  async seek(time: number): Promise<boolean> {
    const { AVSEEK_FLAG_BACKWARD } = this.input.libav.constants;
    const status = await this.input.format.seekFrame(this.stream.index, BigInt(Math.round(time)), AVSEEK_FLAG_BACKWARD);
    if (status < 0) return false;
    this.codec.flushBuffers();
    this.draining = false;
    return true;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.frame.free();
    this.packet.free();
    this.codec.freeContext();
  }

  /** Gives the decoder one more packet of the track, or tells it that there are none left. */
  private async feed(): Promise<void> {
    this.fresh = false;
    for (;;) {
      throwIfAborted(this.signal, this.where);
      this.packet.unref();
      if ((await this.input.format.readFrame(this.packet)) < 0) {
        if (!this.draining) await this.codec.sendPacket(null);
        this.draining = true;
        return;
      }
      if (this.packet.streamIndex !== this.stream.index) continue;
      const sent = await this.codec.sendPacket(this.packet);
      this.packet.unref();
      if (sent < 0) this.corruptPackets++;
      else return;
    }
  }
}
