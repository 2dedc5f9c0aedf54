import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { bytesPerElement, elementCount, type HostTensor } from '@nano-emox/tensor-contract';
import { EXTERNAL_DATA_THRESHOLD_BYTES, writeModel } from '../../onnx/write-model';
import type { Precision } from '../../precision/precision';
import { atPrecision } from '../../precision/with-precision';
import { cacheFolder } from '../../weights/cache-folder';
import { fileError } from '../../weights/file-errors';
import { fingerprintOf } from '../../weights/fingerprint';
import type { GraphSource, OnnxSource } from '../executor';
import { findStagedModel, GRAPHS_FOLDER, removeUnusedModels, WEIGHTS_FILE, writeStagedModel } from './staged-models';

/**
 * Part of the name of everything staged. Raised when the same graph and weights give other numbers in the file: the graph as it is
 * written is part of the name by itself, how weights are quantised is not.
 */
export const STAGING_REVISION = 2;

/**
 * Writes a graph as ONNX; one with large weights into the cache folder, or finds it there: then not one of its weights is read that
 * knows its fingerprint. Large weights are read, quantised and written one by one.
 * @param thresholdBytes size of weights, as compiled, up to which a model stays in memory. @default 64 MB in float32, 8 MB rounded
 * @throws WeightsMismatchError, InvalidFileError (the folder cannot be written: permissions, a full disk), and whatever reading
 *   a weight throws
 */
export async function stageGraph(
  source: GraphSource,
  precision: Precision = 'float32',
  thresholdBytes = thresholdOf(precision),
): Promise<OnnxSource> {
  const { graph, weights } = atPrecision(source, precision);
  const isStaged = weightBytes({ graph, weights }) > thresholdBytes;
  const written = writeModel(graph, {
    weights,
    ...(isStaged && { externalDataFile: WEIGHTS_FILE }),
    ...(precision === 'float16' && { floatType: 'float16' }),
  });
  if (!isStaged) return { bytes: written.model };
  const graphs = join(cacheFolder(), GRAPHS_FOLDER);
  const folder = join(graphs, await stagedName(written.model, source));
  try {
    const found = await findStagedModel(folder, written);
    if (found !== undefined) return { path: found };
    const path = await writeStagedModel(folder, written);
    await removeUnusedModels(graphs);
    return { path };
  } catch (error) {
    throw fileError(error, folder, 'written');
  }
}

/** To round weights takes longer than to find them again, so of these fewer stay in memory. */
const ROUNDED_THRESHOLD_BYTES = 8 * 2 ** 20;

const thresholdOf = (precision: Precision): number =>
  precision === 'float32' ? EXTERNAL_DATA_THRESHOLD_BYTES : ROUNDED_THRESHOLD_BYTES;

/** Size of the weights in memory, from shapes alone: weights may be made when their values are read. */
export function weightBytes({ graph, weights }: GraphSource): number {
  let total = 0;
  for (const name of graph.parameters.keys()) {
    const tensor = weights.get(name);
    if (tensor) total += elementCount(tensor.dims) * bytesPerElement(tensor.type);
  }
  return total;
}

/**
 * Stands for all that a staged model is made of: the graph as it is written, with the types and shapes of all tensors, and the weights
 * it was made from.
 */
async function stagedName(model: Uint8Array, { graph, weights }: GraphSource): Promise<string> {
  const hash = createHash('sha256').update(`revision ${STAGING_REVISION}\0`).update(model);
  for (const name of [...graph.parameters.keys()].sort()) {
    hash.update(`\0${name}\0${fingerprintOf(weights.get(name) as HostTensor)}`);
    await setImmediate(); // hashing gigabytes must not keep the event loop
  }
  return hash.digest('hex').slice(0, 32);
}
