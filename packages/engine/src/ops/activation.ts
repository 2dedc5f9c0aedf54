import { apply, type Operation } from '../graph/operation';
import type { Value } from '../graph/value';
import { add, erf, mul, sigmoid } from './elementwise';

const geluOp: Operation = {
  name: 'Gelu',
  infer: ([x]) => [x as Value],
  lower: ([x]) => [mul(mul(x as Value, 0.5), add(erf(mul(x as Value, Math.SQRT1_2)), 1))],
  emit: (emitter, node, outputs) => {
    emitter.node('Gelu', node.inputs.map(emitter.name), {}, { domain: 'com.microsoft', outputs });
  },
};

const swishOp: Operation = {
  name: 'QuickGelu',
  infer: ([x]) => [x as Value],
  lower: ([x], { alpha }) => [mul(x as Value, sigmoid(mul(x as Value, alpha as number)))],
  emit: (emitter, node, outputs) => {
    const alpha = { float: node.attributes.alpha };
    emitter.node('QuickGelu', node.inputs.map(emitter.name), { alpha }, { domain: 'com.microsoft', outputs });
  },
};

/** Exact GELU, `x · Φ(x)` (Hendrycks & Gimpel 2016). */
export const gelu = (x: Value): Value => apply(geluOp, [x]);
/** `x · σ(1.702 x)`, the approximation CLIP was trained with. */
export const quickGelu = (x: Value): Value => apply(swishOp, [x], { alpha: 1.702 });
/** `x · σ(x)`. */
export const silu = (x: Value): Value => apply(swishOp, [x], { alpha: 1 });
