import { join } from 'node:path';
import type { Checkpoint } from '@nano-emox/engine/checkpoints';
import { FORMAT_VERSION } from '@nano-emox/engine/runtime';
import {
  type FileContent,
  matricesAsInt8,
  type StagedFile,
  stageFile,
  streamSafetensors,
  type TensorSource,
  type WeightStorage,
} from '@nano-emox/engine/weights';
import { elementCount } from '@nano-emox/tensor-contract';
import type { ConvertEvent } from './events';
import type { PartPlan } from './model-parts';

/** How weights are kept: one way for all, or `source`: 16-bit floats as they came, everything else in float32. Both are exact. */
export type ConvertStorage = WeightStorage | 'source';

/** A model that is written. */
export interface WriteRequest {
  readonly folder: string;
  readonly plans: readonly PartPlan[];
  /** Where a part goes; '' for the folder itself. */
  readonly folderOf: (plan: PartPlan) => string;
  /** Tensors with their part in front. */
  readonly checkpoint: Checkpoint;
  /** Other files, by their path in the folder. */
  readonly texts: ReadonlyMap<string, string>;
  readonly storage: ConvertStorage;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: ConvertEvent) => void) | undefined;
}

/**
 * Writes all parts, one tensor in memory at a time. Every file is complete before one gets its name; a failure leaves the folder as it was.
 * @throws InvalidFileError, NonFiniteError, InvalidArgumentError (a value that the storage cannot hold), AbortedError
 */
export async function writeParts(request: WriteRequest): Promise<void> {
  const { folder, plans, texts, signal, onEvent } = request;
  const totalBytes = plans.reduce((sum, plan) => sum + valueBytes(request, plan), 0);
  onEvent?.({ type: 'convert-start', parts: plans.map(({ part }) => part), totalBytes });
  let writtenBytes = 0;
  const staged: StagedFile[] = [];
  const stage = async (path: string, content: FileContent) =>
    void staged.push(await stageFile(join(folder, path), content, { signal }));
  try {
    for (const plan of plans) {
      const { part } = plan;
      const counted = counting(weightsOf(request, plan), (bytes) => {
        writtenBytes += bytes;
        onEvent?.({ type: 'convert-delta', part, writtenBytes, totalBytes });
      });
      await stage(join(request.folderOf(plan), 'model.safetensors'), counted);
      const { component, ...config } = plan.config;
      const text = jsonText({ component, formatVersion: FORMAT_VERSION, ...config });
      await stage(join(request.folderOf(plan), 'config.json'), text);
    }
    for (const [path, text] of texts) await stage(path, text);
    for (const file of staged) await file.commit();
  } catch (error) {
    await Promise.all(staged.map((file) => file.discard()));
    throw error;
  }
  onEvent?.({ type: 'convert-end', folder, totalBytes });
}

export const jsonText = (content: object): string => `${JSON.stringify(content, null, 2)}\n`;

function weightsOf(request: WriteRequest, plan: PartPlan): AsyncGenerator<Uint8Array> {
  const { checkpoint, signal } = request;
  const sources = new Map(
    [...plan.shapes].map(([name, dims]): [string, TensorSource] => {
      const qualified = `${plan.part}.${name}`;
      const { type } = checkpoint.entries.get(qualified) ?? { type: 'float32' };
      return [name, { type, dims, read: () => checkpoint.tensor(qualified, { signal }) }];
    }),
  );
  return streamSafetensors(sources, {}, { storage: storageOf(request, plan) });
}

function storageOf({ checkpoint, storage }: WriteRequest, { part }: PartPlan) {
  return (name: string, dims: readonly number[]): WeightStorage => {
    if (storage === 'int8') return matricesAsInt8(name, dims);
    if (storage !== 'source') return storage;
    const stored = checkpoint.entries.get(`${part}.${name}`)?.storage;
    return stored === 'BF16' ? 'bfloat16' : stored === 'F16' ? 'float16' : 'float32';
  };
}

const bytesPerValue: Readonly<Record<WeightStorage, number>> = { float32: 4, float16: 2, bfloat16: 2, int8: 1 };

/** Bytes of the tensors of a part, without the header in front of them. */
function valueBytes(request: WriteRequest, plan: PartPlan): number {
  const storage = storageOf(request, plan);
  let bytes = 0;
  for (const [name, dims] of plan.shapes) {
    const chosen = storage(name, dims);
    const scaleBytes = chosen === 'int8' ? 4 * (dims[0] as number) : 0;
    bytes += elementCount(dims) * bytesPerValue[chosen] + scaleBytes;
  }
  return bytes;
}

/** Passes chunks on and counts them; the first is the header. */
async function* counting(
  chunks: AsyncGenerator<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let isHeader = true;
  for await (const chunk of chunks) {
    yield chunk;
    if (!isHeader) onBytes(chunk.length);
    isHeader = false;
  }
}
