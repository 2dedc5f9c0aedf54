import { DeviceUnavailableError, f32 } from '@nano-emox/tensor-contract';
import type { InferenceSession } from 'onnxruntime-common';
import { graphOf } from '../../graph/graph';
import { input } from '../../graph/leaves';
import { writeModel } from '../../onnx/write-model';
import { mul } from '../../ops/elementwise';
import { requireGpuFor } from '../../precision/with-precision';
import type { LoadOptions } from '../executor';
import type { OnnxRuntime } from './session-host';

/**
 * Computes something on a device: libraries, drivers and abilities are looked for when a session is made or runs, and then it is too
 * late to choose another device.
 * @throws DeviceUnavailableError
 */
export async function requireComputing(
  { InferenceSession, Tensor }: OnnxRuntime,
  sessionOptions: InferenceSession.SessionOptions,
  { device, floatType, hint }: { device: string; floatType: 'float32' | 'float16'; hint: string },
): Promise<void> {
  const { model } = writeModel(graphOf({ y: mul(input('x', f32('count')), 2) }), { weights: new Map(), floatType });
  try {
    const session = await InferenceSession.create(model, sessionOptions);
    await session.run({ x: new Tensor('float32', Float32Array.of(1, 2), [2]) });
    await session.release();
  } catch (cause) {
    // Where in the source of the runtime it failed helps nobody.
    const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/^\/\S+:\d+ .* was false\. /s, '');
    throw new DeviceUnavailableError({
      message: `device ${device} cannot ${floatType === 'float16' ? 'compute in float16' : 'be used'}: ${reason.trim()}`,
      hint,
      device,
      cause,
    });
  }
}

/** What {@link LoadOptions.precision} needs of a device; whether it computes in float16 is asked of it once, when that is first needed. */
export function precisionGuard(
  runtime: OnnxRuntime,
  sessionOptions: InferenceSession.SessionOptions,
  device: string,
): (options: LoadOptions) => Promise<void> {
  let asked: Promise<void> | undefined;
  return async (options) => {
    requireGpuFor(device, options);
    if (options.precision !== 'float16') return;
    const hint = "Use precision 'float32' or 'int8', or a GPU that computes in 16 bits.";
    asked ??= requireComputing(runtime, sessionOptions, { device, floatType: 'float16', hint });
    await asked;
  };
}
