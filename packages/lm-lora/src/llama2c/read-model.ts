import { readFile } from 'node:fs/promises';
import { type FloatTensor, floatTensor, InvalidFileError, MissingFileError } from '@nano-emox/tensor-contract';
import { type DecoderConfig, resolveDecoderConfig } from '../config/decoder-config';

/** A decoder read from a file. */
export interface ImportedDecoder {
  readonly config: DecoderConfig;
  /** Under Hugging Face names. */
  readonly weights: ReadonlyMap<string, FloatTensor>;
}

const HEADER_INTEGERS = 7;
/** Not in the file: constants of llama2.c (`run.c`, functions `rmsnorm` and `forward`; `tokenizer.py`). */
const RMS_EPS = 1e-5;
const ROPE_THETA = 10_000;
const BOS = 1;
const EOS = 2;
/** Largest size in a header that is believed; a wrong file would ask for absurd amounts of memory. */
const LARGEST_SIZE = 1 << 24;

/** Reads a file whole. @throws MissingFileError */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new MissingFileError({ message: `${path} cannot be read`, hint: 'Check the path.', path, cause });
  }
}

function reject(path: string, problem: string): never {
  throw new InvalidFileError({
    message: `${path} is not a llama2.c model: ${problem}`,
    hint: 'Give a float32 file of the first version, as `python export.py` writes by default.',
    path,
  });
}

/** Header: dim, hidden_dim, n_layers, n_heads, n_kv_heads, vocab_size (negative: the head is not tied), seq_len. */
function readHeader(view: DataView, path: string): DecoderConfig {
  if (view.byteLength < HEADER_INTEGERS * 4) reject(path, 'it is too short for a header');
  const [hidden, mlp, layers, heads, keyHeads, vocab, maxPositions] = Array.from(
    { length: HEADER_INTEGERS },
    (_, index) => view.getInt32(index * 4, true),
  ) as [number, number, number, number, number, number, number];
  const sizes = [hidden, mlp, layers, heads, keyHeads, Math.abs(vocab), maxPositions];
  if (sizes.some((size) => size < 1 || size > LARGEST_SIZE)) reject(path, `its header says ${sizes.join(', ')}`);
  if (hidden % heads !== 0 || heads % keyHeads !== 0) reject(path, 'its sizes do not divide');
  return resolveDecoderConfig({
    vocabSize: Math.abs(vocab),
    hidden,
    layers,
    heads,
    keyHeads,
    mlp,
    ropeTheta: ROPE_THETA,
    rmsEps: RMS_EPS,
    tiedHead: vocab > 0,
    maxPositions,
    specialTokens: { bos: BOS, eos: [EOS, BOS] }, // run.c ends at BOS, which separates the training texts
  });
}

/**
 * llama2.c rotates features 2i and 2i + 1 of a head; checkpoints in the Hugging Face layout rotate i and i + headDim / 2.
 * Reordering the rows of the query and key matrices makes them the same computation.
 */
function toHalfRotation(rows: Float32Array, headDim: number, inDim: number): Float32Array {
  const result = new Float32Array(rows.length);
  for (let row = 0; row < rows.length / inDim; row++) {
    const [head, feature] = [Math.floor(row / headDim), row % headDim];
    const target = head * headDim + (feature % 2) * (headDim / 2) + Math.floor(feature / 2);
    result.set(rows.subarray(row * inDim, (row + 1) * inDim), target * inDim);
  }
  return result;
}

/**
 * Reads a model file of llama2.c (`.bin`, version 0, float32, little endian).
 * @throws MissingFileError, InvalidFileError
 * @see https://github.com/karpathy/llama2.c export.py, function `legacy_export`
 */
export async function readLlama2cModel(path: string): Promise<ImportedDecoder> {
  const bytes = await readBytes(path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const config = readHeader(view, path);
  const { vocabSize, hidden, layers, heads, keyHeads, headDim, mlp, maxPositions, tiedHead } = config;
  let offset = HEADER_INTEGERS * 4;
  const take = (count: number): Float32Array => {
    if (offset + count * 4 > bytes.byteLength) reject(path, 'it is truncated');
    const values = new Float32Array(count);
    for (let index = 0; index < count; index++) values[index] = view.getFloat32(offset + index * 4, true);
    offset += count * 4;
    return values;
  };
  const weights = new Map<string, FloatTensor>();
  const put = (name: string, dims: number[], data: Float32Array) => weights.set(name, floatTensor(data, dims));
  /** One tensor of every layer: the file keeps the layers of each kind together. */
  const takeLayers = (name: string, dims: number[], convert = (data: Float32Array) => data) => {
    const count = dims.reduce((product, dim) => product * dim, 1);
    for (let layer = 0; layer < layers; layer++)
      put(`model.layers.${layer}.${name}.weight`, dims, convert(take(count)));
  };
  const rotary = (data: Float32Array) => toHalfRotation(data, headDim, hidden);

  put('model.embed_tokens.weight', [vocabSize, hidden], take(vocabSize * hidden));
  takeLayers('input_layernorm', [hidden]);
  takeLayers('self_attn.q_proj', [heads * headDim, hidden], rotary);
  takeLayers('self_attn.k_proj', [keyHeads * headDim, hidden], rotary);
  takeLayers('self_attn.v_proj', [keyHeads * headDim, hidden]);
  takeLayers('self_attn.o_proj', [hidden, heads * headDim]);
  takeLayers('post_attention_layernorm', [hidden]);
  takeLayers('mlp.gate_proj', [mlp, hidden]); // w1
  takeLayers('mlp.down_proj', [hidden, mlp]); // w2
  takeLayers('mlp.up_proj', [mlp, hidden]); // w3
  put('model.norm.weight', [hidden], take(hidden));
  take(maxPositions * headDim); // rotary tables, which the decoder computes
  if (!tiedHead) put('lm_head.weight', [vocabSize, hidden], take(vocabSize * hidden));
  if (offset !== bytes.byteLength) reject(path, `${bytes.byteLength - offset} bytes are left over`);
  return { config, weights };
}
