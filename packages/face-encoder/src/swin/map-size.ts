/** Height and width, in pixels or in positions of a feature map. */
export type MapSize = readonly [height: number, width: number];

/** `imageSize` of a configuration as height and width, in pixels. */
export function frameSize({ imageSize }: { readonly imageSize: number | MapSize }): MapSize {
  return typeof imageSize === 'number' ? [imageSize, imageSize] : imageSize;
}

/** Sizes of the maps of all stages, first to last. Patch merging pads odd edges, so halves are rounded up. */
export function stageMaps(config: {
  readonly imageSize: number | MapSize;
  readonly patchSize: number;
  readonly depths: readonly number[];
}): readonly MapSize[] {
  const [height, width] = frameSize(config).map((edge) => Math.floor(edge / config.patchSize)) as [number, number];
  return config.depths.map((_, stage) => [Math.ceil(height / 2 ** stage), Math.ceil(width / 2 ** stage)]);
}
