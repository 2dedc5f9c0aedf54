import { graphOf, input, tracingScope, writeModel } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { assertAllclose, readFixture } from '@nano-emox/engine/testing';
import { gradientsOf, prepareForDifferentiation } from '@nano-emox/engine/training';
import { type FloatTensor, i64 } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { fixturePath, oracleConfigs, readOracle } from '../__fixtures__/fixtures';
import { decoderModule } from '../decoder/decoder-module';
import { peftNames } from '../lora/foreign-names';
import { isLoraWeight } from '../lora/lora-weights';
import { languageModelingLoss } from './language-modeling-loss';

const executor = await openExecutor({ workers: 0, threads: 1 });
afterAll(() => executor.dispose());

const config = oracleConfigs.qwen2Lora;
const axes = { hidden: config.hidden };

/** Loss and, under `gradient.<name>`, its gradients in the parameters that `isTrained` names. */
function lossGraph(isTrained: (name: string) => boolean) {
  const inputs = Object.fromEntries(
    Object.entries(decoderModule.inputs(config)).map(([name, spec]) => [name, input(name, spec, axes)]),
  ) as Parameters<typeof decoderModule.forward>[0];
  const labels = input('labels', i64('batch', 'time'));
  const { logits } = decoderModule.forward(inputs, tracingScope(), config);
  const forward = graphOf({ loss: languageModelingLoss(logits, labels) });
  const trained = [...forward.parameters].filter(([name]) => isTrained(name));
  const wrt = trained.map(([, value]) => value);
  const outputs = prepareForDifferentiation(forward.outputs, wrt);
  const loss = outputs.get('loss') as NonNullable<ReturnType<typeof outputs.get>>;
  const gradients = gradientsOf(loss, wrt);
  return graphOf({
    loss,
    ...Object.fromEntries(trained.map(([name], index) => [`gradient.${name}`, gradients[index]!])),
  });
}

async function runLoss(isTrained: (name: string) => boolean) {
  const oracle = await readOracle('qwen2-lora');
  const { model } = writeModel(lossGraph(isTrained), { weights: oracle.weights });
  const session = await executor.load({ bytes: model }, { name: 'loss' });
  const inputIds = oracle.input('input_ids');
  const results = await session.run({
    inputIds,
    labels: oracle.input('labels'),
    attentionMask: { type: 'bool', dims: [2, 10], data: new Uint8Array(20).fill(1) },
    spliceIndex: { type: 'int64', dims: [2, 10], data: new BigInt64Array(20).fill(-1n) },
    softTokens: { type: 'float32', dims: [2, 0, 32], data: new Float32Array(0) },
  });
  await session.dispose();
  return { oracle, results };
}

describe('languageModelingLoss against PyTorch', () => {
  // Oracle: lora(input_ids=ids, labels=labels).loss.backward(); parameter.grad of every parameter.
  it('gives the loss and the gradients of every base and LoRA weight', async () => {
    const { oracle, results } = await runLoss(() => true);
    const loss = (results.loss as FloatTensor).data[0] as number;
    expect(loss).toBeCloseTo(oracle.output('loss').data[0] as number, 4);
    const { gradients } = await readFixture(fixturePath('qwen2-lora-gradients.safetensors'));
    expect(gradients.size).toBe(oracle.weights.size);
    for (const [name, gradient] of gradients) {
      const ours = peftNames.renameName(name);
      const found = results[`gradient.${ours}`] as FloatTensor;
      assertAllclose(found, gradient, 1e-4, ours);
      // A gradient that is zero everywhere would prove nothing.
      expect(Math.max(...found.data.map(Math.abs)), ours).toBeGreaterThan(1e-6);
    }
  });

  it('gives the LoRA weights the same gradients when the base is frozen', async () => {
    const { results } = await runLoss(isLoraWeight);
    const { tensor } = await readFixture(fixturePath('qwen2-lora-gradients.safetensors'));
    const gradients = Object.keys(results).filter((name) => name.startsWith('gradient.'));
    expect(gradients).toHaveLength(3 * 7 * 2);
    const expected = peftNames.invert();
    for (const name of gradients) {
      const oracleName = expected.renameName(name.slice('gradient.'.length));
      assertAllclose(results[name] as FloatTensor, tensor(`grad.${oracleName}`), 1e-4, name);
    }
  });
});
