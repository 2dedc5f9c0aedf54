import type { HostTensor } from '@nano-emox/tensor-contract';
import { narrowToFloat16 } from '../weights/half-floats';

/** Largest finite float16. */
const FLOAT16_LIMIT = 65_504;

/**
 * A float32 tensor in float16; others as they are. What float16 cannot hold becomes its largest number and not infinity: masks
 * stay finite, and a row that is masked throughout stays a number.
 */
export function toHalf(tensor: HostTensor): HostTensor {
  if (tensor.type !== 'float32') return tensor;
  const { dims, data } = tensor as HostTensor<'float32'>;
  const held = data.map((value) => Math.max(-FLOAT16_LIMIT, Math.min(FLOAT16_LIMIT, value)));
  return { type: 'float16', dims, data: narrowToFloat16(held) };
}
