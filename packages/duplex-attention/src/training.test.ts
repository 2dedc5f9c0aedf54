import { crossEntropy, defineModule, flattenRows, reshape, traceModule } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { TrainingSession } from '@nano-emox/engine/training';
import { decoderModuleWith, isLoraWeight } from '@nano-emox/lm-lora';
import { type FloatTensor, f32 } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { decoderInputs, smallDecoder, soft, words } from './__fixtures__/decoder';
import { duplexAttention, isDuplexWeight, presets } from './index';

const executor = await openExecutor({ workers: 0, threads: 1 });
afterAll(() => executor.dispose());

describe.each(['paper', 'code'] as const)('training of the variant %s', (variant) => {
  it('moves LoRA and duplex attention together, from the identity on, and leaves the base', async () => {
    const { config, weights } = smallDecoder(presets[variant], duplexAttention, {
      lora: true,
      areExtensionWeightsFresh: true,
    });
    const decoder = decoderModuleWith(duplexAttention);
    const trainable = defineModule({
      name: 'Training',
      inputs: decoder.inputs,
      outputs: () => ({ loss: f32() }),
      forward: (inputs, scope, settings) => {
        const { logits } = decoder.forward(inputs, scope, settings);
        return { loss: crossEntropy(flattenRows(logits), reshape(inputs.inputIds, [-1])) };
      },
    });
    const groupOf = (name: string) => (isLoraWeight(name) ? 'lora' : isDuplexWeight(name) ? 'duplex' : undefined);
    const session = await TrainingSession.open({ graph: traceModule(trainable, config), weights, executor, groupOf });
    const batch = decoderInputs([
      [...words('text', 3, 9), ...soft('frame', 4), ...words('text', 14, 2), ...words('answer', 21, 8)],
      [...soft('face', 2), ...words('text', 7, 20), ...words('answer', 4)],
    ]);
    const losses: number[] = [];
    for (let step = 0; step < 3; step++) {
      losses.push((await session.update(batch, { learningRates: { lora: 1e-2, duplex: 1e-2 } })).loss);
    }
    const trained = await session.readWeights();
    await session.dispose();
    expect(losses[2]).toBeLessThan(losses[0] as number);
    const names = [...weights.keys()].filter((name) => groupOf(name) !== undefined);
    expect([...trained.keys()].sort()).toEqual(names.sort());
    expect(names.filter(isDuplexWeight)).toHaveLength(config.layers * (variant === 'paper' ? 3 : 2));
    for (const name of names) {
      const [before, after] = [weights.get(name) as FloatTensor, trained.get(name) as FloatTensor];
      expect(after.data.every(Number.isFinite), name).toBe(true);
      expect(after.data, name).not.toEqual(before.data);
    }
  });
});
