import { InvalidMediaError } from '@nano-emox/tensor-contract';
import type { CodecContext, Dictionary } from 'node-av/lib';
import { MAX_PICTURE_PIXELS } from './libav/demuxers';
import { type Libav, loadLibav } from './libav/load-libav';
import { RgbConverter } from './libav/rgb-converter';
import type { RgbImage } from './rgb-image';

/** Picture formats by their first bytes. */
const signatures = [
  { codec: 'AV_CODEC_ID_MJPEG', bytes: [0xff, 0xd8, 0xff] },
  { codec: 'AV_CODEC_ID_PNG', bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { codec: 'AV_CODEC_ID_BMP', bytes: [0x42, 0x4d] },
] as const;

/**
 * Decodes a JPEG, PNG or BMP picture. Grey pictures give three equal channels; transparency is dropped.
 * @throws InvalidMediaError when the bytes are none of these or are damaged, MissingDependencyError
 */
export async function decodeImage(bytes: Uint8Array): Promise<RgbImage> {
  const signature = signatures.find((known) => known.bytes.every((byte, index) => bytes[index] === byte));
  if (!signature) throw undecodable('the bytes are not a JPEG, PNG or BMP file');
  const libav = await loadLibav();
  const { lib, constants } = libav;
  const context = new lib.CodecContext();
  const packet = new lib.Packet();
  const frame = new lib.Frame();
  let options: Dictionary | undefined;
  let converter: RgbConverter | undefined;
  try {
    packet.alloc();
    frame.alloc();
    options = lib.Dictionary.fromObject({ max_pixels: MAX_PICTURE_PIXELS });
    await openDecoder(libav, context, constants[signature.codec], options);
    packet.data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let status = await context.sendPacket(packet);
    if (status >= 0) await context.sendPacket(null);
    if (status >= 0) status = await context.receiveFrame(frame);
    if (status < 0) throw undecodable(`the picture is damaged (${lib.FFmpegError.strerror(status)})`);
    converter = new RgbConverter(libav);
    const image = await converter.convert(frame);
    if (!image) throw undecodable('its pixel format cannot be turned into RGB');
    return image;
  } finally {
    converter?.dispose();
    options?.free();
    frame.free();
    packet.free();
    context.freeContext();
  }
}

async function openDecoder(
  { lib }: Libav,
  context: CodecContext,
  id: Parameters<Libav['lib']['Codec']['findDecoder']>[0],
  options: Dictionary,
): Promise<void> {
  const codec = lib.Codec.findDecoder(id);
  if (!codec) throw undecodable('this build of libav lacks the decoder');
  context.allocContext3(codec);
  context.threadCount = 1;
  const status = await context.open2(codec, options);
  if (status < 0) throw undecodable(lib.FFmpegError.strerror(status));
}

function undecodable(reason: string): InvalidMediaError {
  return new InvalidMediaError({
    message: `decodeImage: ${reason}`,
    hint: 'Pass the bytes of a whole JPEG, PNG or BMP file.',
    path: '(bytes)',
  });
}
