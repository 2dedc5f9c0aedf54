import { Random } from '@nano-emox/engine';
import { presets } from '@nano-emox/lm-lora';
import { type GgufField, type GgufTensor, writeGguf } from './gguf-writer';

/** Blocks that differ; a matrix repeats them. */
const PATTERN_BLOCKS = 65_536;
/** Half-precision 2⁻⁸, of which the codes -8 … 7 are multiples. */
const BLOCK_SCALE = 0x1c00;

/** Blocks of Q4_0: a scale in half precision and 32 codes of 4 bits. */
function codedPattern(): Uint8Array {
  const random = new Random(1);
  const bytes = new Uint8Array(PATTERN_BLOCKS * 18).map(() => random.integer(256));
  const view = new DataView(bytes.buffer);
  for (let block = 0; block < PATTERN_BLOCKS; block++) view.setUint16(18 * block, BLOCK_SCALE, true);
  return bytes;
}

const floats = (value: number) => new Uint8Array(new Float32Array(1024).fill(value).buffer);

/** The language model of the paper's size with random weights as llama.cpp reads it, all matrices in 4 bits, the head tied. */
export async function writeRandomGguf(path: string, maxPositions: number): Promise<void> {
  const { vocabSize, hidden, layers, heads, keyHeads, headDim, mlp, ropeTheta, rmsEps } = presets.paper;
  const coded = codedPattern();
  const [zeros, ones] = [floats(0), floats(1)];
  const matrix = (name: string, rows: number, columns: number): GgufTensor => {
    return { name: `${name}.weight`, dims: [columns, rows], type: 'Q4_0', pattern: coded };
  };
  const vector = (name: string, size: number, pattern: Uint8Array): GgufTensor => {
    return { name, dims: [size], type: 'F32', pattern };
  };
  const [queries, keys] = [heads * headDim, keyHeads * headDim];
  const layer = (index: number): GgufTensor[] => {
    const at = (name: string) => `blk.${index}.${name}`;
    return [
      vector(at('attn_norm.weight'), hidden, ones),
      ...(['q', 'k', 'v'] as const).flatMap((part) => {
        const rows = part === 'q' ? queries : keys;
        return [matrix(at(`attn_${part}`), rows, hidden), vector(at(`attn_${part}.bias`), rows, zeros)];
      }),
      matrix(at('attn_output'), hidden, queries),
      vector(at('ffn_norm.weight'), hidden, ones),
      matrix(at('ffn_gate'), mlp, hidden),
      matrix(at('ffn_up'), mlp, hidden),
      matrix(at('ffn_down'), hidden, mlp),
    ];
  };
  const uint32 = (value: number): GgufField => ({ uint32: value });
  await writeGguf(
    path,
    {
      'general.architecture': 'qwen2',
      'general.file_type': uint32(2), // mostly Q4_0
      'qwen2.block_count': uint32(layers),
      'qwen2.context_length': uint32(maxPositions),
      'qwen2.embedding_length': uint32(hidden),
      'qwen2.feed_forward_length': uint32(mlp),
      'qwen2.attention.head_count': uint32(heads),
      'qwen2.attention.head_count_kv': uint32(keyHeads),
      'qwen2.attention.layer_norm_rms_epsilon': { float32: rmsEps },
      'qwen2.rope.freq_base': { float32: ropeTheta },
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.pre': 'qwen2',
      'tokenizer.ggml.tokens': Array.from({ length: vocabSize }, (_, id) => `t${id}`),
      'tokenizer.ggml.merges': ['t 0'],
      'tokenizer.ggml.eos_token_id': uint32(vocabSize - 1),
    },
    [
      matrix('token_embd', vocabSize, hidden),
      vector('output_norm.weight', hidden, ones),
      ...Array.from({ length: layers }, (_, index) => layer(index)).flat(),
    ],
  );
}
