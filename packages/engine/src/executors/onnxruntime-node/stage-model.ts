import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesPerElement, elementCount } from '@nano-emox/tensor-contract';
import { EXTERNAL_DATA_THRESHOLD_BYTES, type WrittenModel, writeModel } from '../../onnx/write-model';
import type { Precision } from '../../precision/precision';
import { atPrecision } from '../../precision/with-precision';
import { cacheFolder } from '../../weights/cache-folder';
import { fileError } from '../../weights/file-errors';
import type { GraphSource, OnnxSource } from '../executor';

const EXTERNAL_DATA_FILE = 'weights.bin';

/** Writes a graph as ONNX; one with large weights into the cache folder. @throws WeightsMismatchError */
export function stageGraph(source: GraphSource, precision: Precision = 'float32'): Promise<OnnxSource> {
  const { graph, weights } = atPrecision(source, precision);
  const file = externalDataFile(weightBytes({ graph, weights }));
  return stageModel(
    writeModel(graph, {
      weights,
      ...(file !== undefined && { externalDataFile: file }),
      ...(precision === 'float16' && { floatType: 'float16' }),
    }),
  );
}

/** From shapes alone: weights may be made when their values are read. */
function weightBytes({ graph, weights }: GraphSource): number {
  let total = 0;
  for (const name of graph.parameters.keys()) {
    const tensor = weights.get(name);
    if (tensor) total += elementCount(tensor.dims) * bytesPerElement(tensor.type);
  }
  return total;
}

/** Name of the file for weights of that size; undefined keeps them inside the model. */
export function externalDataFile(sizeBytes: number): string | undefined {
  return sizeBytes > EXTERNAL_DATA_THRESHOLD_BYTES ? EXTERNAL_DATA_FILE : undefined;
}

/**
 * Large models go to the cache folder, named by their content; the folder appears whole or not at all.
 * @throws InvalidFileError (the folder cannot be written: permissions, a full disk)
 */
export async function stageModel({ model, external }: WrittenModel): Promise<OnnxSource> {
  if (external.length === 0) return { bytes: model };
  const hash = createHash('sha256').update(model);
  for (const { data } of external) hash.update(data);
  const folder = join(cacheFolder(), 'graphs', hash.digest('hex').slice(0, 32));
  const path = join(folder, 'model.onnx');
  if (await exists(path)) return { path };
  const partial = `${folder}.${randomUUID()}.incomplete`;
  try {
    await mkdir(partial, { recursive: true });
    await writeAt(join(partial, EXTERNAL_DATA_FILE), external);
    await writeAt(join(partial, 'model.onnx'), [{ offsetBytes: 0, data: model }]);
    await rename(partial, folder).catch(async (error) => {
      // Somebody else staged the same content first.
      if (!(await exists(path))) throw error;
    });
  } catch (error) {
    throw fileError(error, folder, 'written');
  } finally {
    // What cannot be removed must not hide why writing failed.
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
  }
  return { path };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function writeAt(path: string, parts: WrittenModel['external']): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const { offsetBytes, data } of parts) {
      for (let written = 0; written < data.byteLength; ) {
        const { bytesWritten } = await file.write(
          data,
          written,
          Math.min(data.byteLength - written, 1 << 30),
          offsetBytes + written,
        );
        written += bytesWritten;
      }
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
