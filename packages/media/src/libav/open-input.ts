import { InvalidMediaError } from '@nano-emox/tensor-contract';
import type { Dictionary, FormatContext, IOContext, Stream } from 'node-av/lib';
import type { CheckedSource } from '../source';
import { allowedDemuxers } from './demuxers';
import { type Libav, loadLibav } from './load-libav';

/** Bytes asked for at a time when a file is read from memory. */
const MEMORY_READ_BYTES = 64 * 1024;

/** An open file. `close` frees everything native and may be called more than once. */
export interface MediaInput {
  readonly libav: Libav;
  readonly format: FormatContext;
  readonly source: CheckedSource;
  /** The video track, cover pictures of music files left out. */
  readonly video: Stream | undefined;
  readonly audio: Stream | undefined;
  close(): Promise<void>;
}

/** @throws InvalidMediaError when no known container is recognised */
export async function openInput(source: CheckedSource, where: string): Promise<MediaInput> {
  const libav = await loadLibav();
  const { lib, constants } = libav;
  const format = new lib.FormatContext();
  let memory: IOContext | undefined;
  let options: Dictionary | undefined;
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    options?.free();
    await format.closeInput();
    memory?.freeContext();
  };
  try {
    options = lib.Dictionary.fromObject({ protocol_whitelist: 'file', format_whitelist: allowedDemuxers });
    let status: number;
    if (source.bytes) {
      memory = readFromMemory(libav, source.bytes);
      format.allocContext();
      format.pb = memory;
      status = await format.openInput('', null, options);
    } else {
      // The explicit protocol keeps a name such as `concat:a|b` or `http://…` from being anything but a file name.
      status = await format.openInput(`file:${source.path}`, null, options);
    }
    if (status >= 0) status = await format.findStreamInfo();
    if (status < 0) {
      throw new InvalidMediaError({
        message: `${where}: ${source.label} is not a media file that can be read (${lib.FFmpegError.strerror(status)})`,
        hint: 'It may be truncated, of another kind than its name says, or protected. Play it, or convert it to MP4, MKV, WAV or FLAC.',
        path: source.label,
        cause: lib.FFmpegError.fromCode(status) ?? undefined,
      });
    }
    const videos = format.streams.filter((stream) => stream.codecpar.codecType === constants.AVMEDIA_TYPE_VIDEO);
    const best = format.streams[format.findBestStream(constants.AVMEDIA_TYPE_AUDIO)];
    const isPicture = (stream: Stream) => (stream.disposition & constants.AV_DISPOSITION_ATTACHED_PIC) !== 0;
    const bestVideo = format.streams[format.findBestStream(constants.AVMEDIA_TYPE_VIDEO)];
    const video = bestVideo && !isPicture(bestVideo) ? bestVideo : videos.find((stream) => !isPicture(stream));
    return { libav, format, source, video, audio: best, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function readFromMemory({ lib, constants }: Libav, bytes: Uint8Array): IOContext {
  let position = 0;
  const context = new lib.IOContext();
  context.allocContextWithCallbacks(
    MEMORY_READ_BYTES,
    0,
    (size) => {
      if (position >= bytes.length) return constants.AVERROR_EOF;
      const start = position;
      position = Math.min(bytes.length, start + size);
      return Buffer.from(bytes.buffer, bytes.byteOffset + start, position - start);
    },
    null,
    (offset, whence) => {
      if (whence === constants.AVSEEK_SIZE) return BigInt(bytes.length);
      const origin = whence === constants.AVSEEK_CUR ? position : whence === constants.AVSEEK_END ? bytes.length : 0;
      const target = origin + Number(offset);
      if (target < 0) return BigInt(lib.FFmpegError.AVERROR(lib.PosixError.EINVAL));
      position = Math.min(target, bytes.length);
      return BigInt(position);
    },
  );
  return context;
}
