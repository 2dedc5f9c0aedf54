import type { Frame, SoftwareScaleContext, Stream } from 'node-av/lib';
import { type RgbImage, rotateImage } from '../rgb-image';
import type { Libav } from './load-libav';

/** Turns decoded pictures of any pixel format into packed RGB at their own size; colours follow what the frame states. */
export class RgbConverter {
  private readonly scaler: SoftwareScaleContext;
  private readonly rgb: Frame;

  constructor(
    private readonly libav: Libav,
    private readonly rotationDegrees = 0,
  ) {
    const { lib, constants } = libav;
    this.scaler = new lib.SoftwareScaleContext();
    this.scaler.allocContext();
    this.scaler.setOption(
      'sws_flags',
      constants.SWS_BICUBIC | constants.SWS_ACCURATE_RND | constants.SWS_FULL_CHR_H_INT,
    );
    this.rgb = new lib.Frame();
    this.rgb.alloc();
  }

  /** Returns `undefined` when the picture cannot be converted. */
  async convert(frame: Frame): Promise<RgbImage | undefined> {
    const { width, height } = frame;
    const { rgb } = this;
    rgb.unref();
    rgb.format = this.libav.constants.AV_PIX_FMT_RGB24;
    rgb.width = width;
    rgb.height = height;
    if (rgb.getBuffer() < 0 || (await this.scaler.scaleFrame(rgb, frame)) < 0) return undefined;
    const plane = rgb.data?.[0];
    const strideBytes = rgb.linesize[0];
    if (!plane || !strideBytes) return undefined;
    const data = new Uint8Array(width * height * 3);
    for (let row = 0; row < height; row++) {
      data.set(plane.subarray(row * strideBytes, row * strideBytes + width * 3), row * width * 3);
    }
    rgb.unref();
    return rotateImage({ width, height, data }, this.rotationDegrees);
  }

  dispose(): void {
    this.rgb.free();
    this.scaler.freeContext();
  }
}

/** Degrees a player turns this track clockwise before it is shown: 0, 90, 180 or 270; phones store upright video so. */
export function rotationOf(stream: Stream, { constants }: Libav): number {
  const matrix = stream.codecpar.getCodedSideData(constants.AV_PKT_DATA_DISPLAYMATRIX);
  if (!matrix || matrix.length < 36) return 0;
  const entry = (index: number) => matrix.readInt32LE(index * 4);
  const horizontal = Math.hypot(entry(0), entry(3));
  const vertical = Math.hypot(entry(1), entry(4));
  if (horizontal === 0 || vertical === 0) return 0;
  const degrees = (Math.atan2(entry(1) / vertical, entry(0) / horizontal) * 180) / Math.PI;
  return (((Math.round(degrees / 90) * 90) % 360) + 360) % 360;
}
