import type { DecoderConfig } from '@nano-emox/lm-lora';
import type { HostTensor } from '@nano-emox/tensor-contract';
import * as tf from '@tensorflow/tfjs';
import type { StoredProblem } from '../stored-problem';

/** A problem as `readProblem` reads it. */
export interface DecoderProblem {
  readonly problem: StoredProblem<DecoderConfig>;
  readonly weights: ReadonlyMap<string, HostTensor>;
  readonly batch: Readonly<Record<string, HostTensor>>;
}

/** Tokens of the batch, row by row. */
interface Tokens {
  readonly ids: readonly number[];
  readonly batch: number;
  readonly time: number;
}

/** Rows of a trained table. The gradient of `tf.gather` needs a kernel that WebAssembly lacks; this one adds rows. */
const trainedRows = (ids: tf.Tensor1D) =>
  tf.customGrad((table, save) => {
    (save as tf.GradSaveFunc)([]);
    const { shape } = table as tf.Tensor2D;
    const gradFunc = (gradient: tf.Tensor): tf.Tensor =>
      tf.scatterND(ids.expandDims(1) as tf.Tensor2D, gradient as tf.Tensor2D, shape);
    return { value: tf.gather(table as tf.Tensor2D, ids), gradFunc };
  });

/** The decoder as an expert would write it with tf.* operations, and its update by AdamW. */
export function openModel({ problem, weights: stored, batch: inputs }: DecoderProblem): { step(): number } {
  const { config } = problem;
  const { heads, keyHeads, headDim, lora } = config;
  const tokens = tokensOf(inputs.inputIds as HostTensor<'int64'>);
  const { batch, time } = tokens;
  const rows = batch * time;
  const trained = new Map<string, tf.Variable>();
  const weights = new Map<string, tf.Tensor>();
  const trainedNames = new Set(problem.groups.flatMap(({ names }) => names));
  for (const [name, { dims, data }] of stored) {
    const value = tf.tensor(data as Float32Array, [...dims]);
    const isTrained = trainedNames.has(name);
    const weight = isTrained ? tf.variable(value, true, name) : value;
    weights.set(name, weight);
    if (isTrained) trained.set(name, weight as tf.Variable);
  }
  const weightOf = (name: string) => weights.get(name) as tf.Tensor2D;
  const ids = tf.tensor1d([...tokens.ids], 'int32');
  const { targets, kept } = targetsOf(tokens, config);
  const { cosine, sine, bias } = tablesOf(config, time);

  const rmsNorm = (x: tf.Tensor, name: string) =>
    x.mul(x.square().mean(-1, true).add(config.rmsEps).rsqrt()).mul(weightOf(name)) as tf.Tensor2D;

  const projection = (x: tf.Tensor2D, scope: string): tf.Tensor2D => {
    const base: tf.Tensor2D = tf.matMul(x, weightOf(`${scope}.weight`), false, true);
    if (!lora) return base;
    const down = tf.matMul(x, weightOf(`${scope}.lora_A.default.weight`), false, true);
    const up = tf.matMul(down, weightOf(`${scope}.lora_B.default.weight`), false, true);
    return base.add(up.mul(lora.alpha / lora.rank)) as tf.Tensor2D;
  };

  const rotate = (x: tf.Tensor): tf.Tensor => {
    const [first, second] = tf.split(x, 2, -1) as [tf.Tensor, tf.Tensor];
    return x.mul(cosine).add(tf.concat([second.neg(), first], -1).mul(sine));
  };

  const attention = (x: tf.Tensor2D, scope: string): tf.Tensor2D => {
    const split = (name: string, count: number) =>
      projection(x, scope + name)
        .reshape([batch, time, count, headDim])
        .transpose([0, 2, 1, 3]);
    const group = heads / keyHeads;
    // Heads that share a key become rows of one product, as in the engine: keys are not repeated.
    const query = rotate(split('.q_proj', heads)).reshape([batch * keyHeads, group * time, headDim]) as tf.Tensor3D;
    const key = rotate(split('.k_proj', keyHeads)).reshape([batch * keyHeads, time, headDim]) as tf.Tensor3D;
    const value = split('.v_proj', keyHeads).reshape([batch * keyHeads, time, headDim]) as tf.Tensor3D;
    const scores = tf.matMul(query, key, false, true).mul(1 / Math.sqrt(headDim));
    const seen = scores
      .reshape([batch * keyHeads, group, time, time])
      .add(bias)
      .softmax(-1);
    const heard = tf.matMul(seen.reshape([batch * keyHeads, group * time, time]) as tf.Tensor3D, value);
    const merged = heard.reshape([batch, heads, time, headDim]).transpose([0, 2, 1, 3]);
    return projection(merged.reshape([rows, heads * headDim]) as tf.Tensor2D, `${scope}.o_proj`);
  };

  const lossOf = (): tf.Scalar => {
    const table = weightOf('model.embed_tokens.weight');
    const isTableTrained = trained.has('model.embed_tokens.weight');
    let x = (isTableTrained ? trainedRows(ids)(table) : tf.gather(table, ids)) as tf.Tensor2D;
    for (let layer = 0; layer < config.layers; layer++) {
      const scope = `model.layers.${layer}`;
      x = x.add(attention(rmsNorm(x, `${scope}.input_layernorm.weight`), `${scope}.self_attn`)) as tf.Tensor2D;
      const inner = rmsNorm(x, `${scope}.post_attention_layernorm.weight`);
      const gate = projection(inner, `${scope}.mlp.gate_proj`);
      const gated = gate.mul(gate.sigmoid()).mul(projection(inner, `${scope}.mlp.up_proj`)) as tf.Tensor2D;
      x = x.add(projection(gated, `${scope}.mlp.down_proj`)) as tf.Tensor2D;
    }
    const logits = tf.matMul(rmsNorm(x, 'model.norm.weight'), table, false, true);
    const picked = logits.logSoftmax(-1).mul(targets).sum();
    return picked.div(-kept) as tf.Scalar;
  };

  const optimizer = adamW(problem, trained);
  return {
    step: () => {
      const { value, grads } = tf.variableGrads(lossOf, [...trained.values()]);
      optimizer(grads);
      const [loss] = value.dataSync() as Float32Array;
      tf.dispose([value, grads]);
      return loss as number;
    },
  };
}

function tokensOf({ dims, data }: HostTensor<'int64'>): Tokens {
  const [batch, time] = dims as [number, number];
  return { ids: Array.from(data, Number), batch, time };
}

/** One-hot rows of the next token, zero where there is none, and how many there are. */
function targetsOf({ ids, batch, time }: Tokens, { vocabSize }: DecoderConfig): { targets: tf.Tensor2D; kept: number } {
  const next = ids.map((_, index) => ((index + 1) % time === 0 ? -1 : (ids[index + 1] as number)));
  return { targets: tf.oneHot(tf.tensor1d(next, 'int32'), vocabSize) as tf.Tensor2D, kept: batch * (time - 1) };
}

function tablesOf({ headDim, ropeTheta }: DecoderConfig, time: number) {
  const half = headDim / 2;
  const angles = Array.from({ length: time * headDim }, (_, index) => {
    const feature = (index % headDim) % half;
    return Math.floor(index / headDim) * ropeTheta ** (-feature / half);
  });
  const hidden = Array.from({ length: time * time }, (_, index) =>
    index % time > Math.floor(index / time) ? -1e9 : 0,
  );
  return {
    cosine: tf.tensor2d(angles.map(Math.cos), [time, headDim]),
    sine: tf.tensor2d(angles.map(Math.sin), [time, headDim]),
    bias: tf.tensor2d(hidden, [time, time]),
  };
}

/** AdamW as the engine and PyTorch have it; TensorFlow.js brings Adam without decoupled decay only. */
function adamW(problem: StoredProblem, trained: ReadonlyMap<string, tf.Variable>) {
  const { learningRate, beta1, beta2, epsilon } = problem;
  const decayOf = new Map(problem.groups.flatMap(({ weightDecay, names }) => names.map((name) => [name, weightDecay])));
  const moments = new Map(
    [...trained].map(([name, { shape }]) => [
      name,
      { first: tf.variable(tf.zeros(shape)), second: tf.variable(tf.zeros(shape)) },
    ]),
  );
  let step = 0;
  return (gradients: tf.NamedTensorMap): void => {
    step++;
    const stepSize = learningRate / (1 - beta1 ** step);
    const correction = 1 / Math.sqrt(1 - beta2 ** step);
    for (const [name, weight] of trained) {
      const { first, second } = moments.get(name) as { first: tf.Variable; second: tf.Variable };
      const gradient = gradients[name] as tf.Tensor;
      tf.tidy(() => {
        first.assign(first.mul(beta1).add(gradient.mul(1 - beta1)));
        second.assign(second.mul(beta2).add(gradient.square().mul(1 - beta2)));
        const kept = weight.mul(1 - learningRate * (decayOf.get(name) ?? 0));
        weight.assign(kept.sub(first.div(second.sqrt().mul(correction).add(epsilon)).mul(stepSize)));
      });
    }
  };
}
