import { InvalidArgumentError, type MisshapenWeight, WeightsMismatchError } from '@nano-emox/tensor-contract';
import { type Checkpoint, createCheckpoint, type ReadableEntry } from './checkpoint';
import { type OpenCheckpointOptions, openCheckpoint } from './open-checkpoint';

/**
 * Checkpoints over one another: where two hold a tensor of one name, the later one counts. They belong to the result, whose
 * `dispose` closes them.
 * @throws InvalidArgumentError when none is given
 */
export function layerCheckpoints(checkpoints: readonly Checkpoint[]): Checkpoint {
  if (checkpoints.length === 0) {
    throw new InvalidArgumentError({
      message: 'layerCheckpoints: no checkpoint was given',
      hint: 'Give the first layer and those over it.',
      argument: 'checkpoints',
    });
  }
  const entries = new Map<string, ReadableEntry>();
  for (const checkpoint of checkpoints) {
    for (const [name, { type, dims, storage }] of checkpoint.entries) {
      entries.set(name, { type, dims, storage, read: (options) => checkpoint.tensor(name, options) });
    }
  }
  const formats = new Set(checkpoints.map(({ format }) => format));
  return createCheckpoint({
    format: formats.size === 1 ? (checkpoints[0] as Checkpoint).format : 'mixed',
    files: checkpoints.flatMap(({ files }) => files),
    metadata: Object.assign({}, ...checkpoints.map(({ metadata }) => metadata)) as Record<string, unknown>,
    entries,
    close: async () => void (await Promise.all(checkpoints.map((checkpoint) => checkpoint.dispose()))),
  });
}

/**
 * Opens files in the order in which training continued from one to the next: `ckpt`, `ckpt_2`, `ckpt_3` of a released
 * Nano-EmoX configuration, with `{ root: 'model' }`. Later files override earlier ones.
 * @throws as {@link openCheckpoint}
 */
export async function openCheckpointLayers(
  paths: readonly string[],
  options: OpenCheckpointOptions = {},
): Promise<Checkpoint> {
  const layers: Checkpoint[] = [];
  try {
    for (const path of paths) layers.push(await openCheckpoint(path, options));
    return layerCheckpoints(layers);
  } catch (error) {
    await Promise.all(layers.map((layer) => layer.dispose()));
    throw error;
  }
}

/** What {@link requireTensors} lets pass. */
export interface RequireTensorsOptions {
  /** Tensors that may be there without being expected. @default none */
  readonly ignores?: (name: string) => boolean;
}

/**
 * Requires a checkpoint to hold exactly the tensors expected, before any value is read.
 * @param expected - shapes by name
 * @throws WeightsMismatchError listing every missing, unexpected and mis-shaped name at once
 */
export function requireTensors(
  checkpoint: Checkpoint,
  expected: ReadonlyMap<string, readonly number[]>,
  { ignores = () => false }: RequireTensorsOptions = {},
): void {
  const missing = [...expected.keys()].filter((name) => !checkpoint.entries.has(name));
  const unexpected = checkpoint.names.filter((name) => !expected.has(name) && !ignores(name));
  const misshapen = [...expected].flatMap(([name, dims]): MisshapenWeight[] => {
    const received = checkpoint.entries.get(name)?.dims;
    const fits =
      received === undefined || (received.length === dims.length && received.every((size, i) => size === dims[i]));
    return fits ? [] : [{ name, expected: dims, received }];
  });
  if (missing.length + unexpected.length + misshapen.length === 0) return;
  throw new WeightsMismatchError({
    where: checkpoint.files.join(', '),
    missing,
    unexpected,
    misshapen,
    hint: 'Check that all files of the checkpoint were given, in order, and that they belong to this configuration.',
  });
}
