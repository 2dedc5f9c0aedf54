import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { floatTensor, InvalidConfigError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { allTensors, expectedTensors, fixture, temporaryFolder } from './__fixtures__/files';
import { openPeftAdapter, type PeftConfig, savePeftAdapter } from './peft-adapter';

const { folder } = await temporaryFolder();
// Oracle: peft's save_pretrained, and the names and values that its model has in memory.
const inMemory = await expectedTensors('peft-in-memory.safetensors');
const withoutWrapper = new Map([...inMemory].map(([name, tensor]) => [name.replace('base_model.model.', ''), tensor]));

describe('a LoRA adapter of peft', () => {
  it('comes in under the names of the model', async () => {
    const { config, checkpoint } = await openPeftAdapter(fixture('peft'));
    expect(config).toMatchObject({ r: 2, lora_alpha: 4 });
    expect(new Set(config.target_modules)).toEqual(new Set(['q_proj', 'down_proj']));
    expect(await allTensors(checkpoint)).toEqual(withoutWrapper);
    await checkpoint.dispose();
  });

  it('goes out as it came in, to the byte', async () => {
    const { config, checkpoint } = await openPeftAdapter(fixture('peft'));
    await savePeftAdapter(join(folder, 'out'), config, await allTensors(checkpoint));
    await checkpoint.dispose();
    const [given, written] = await Promise.all(
      [fixture('peft'), join(folder, 'out')].map((path) => readFile(join(path, 'adapter_model.safetensors'))),
    );
    expect(written).toEqual(given);
    expect(JSON.parse(await readFile(join(folder, 'out/adapter_config.json'), 'utf8'))).toEqual(config);
  });

  it.each([
    { peft_type: 'IA3' },
    { r: 0 },
    { lora_alpha: '16' },
    { target_modules: 'all-linear' },
    { use_dora: true },
    { use_rslora: true },
    { rank_pattern: { q_proj: 4 } },
  ])('is refused with %j, and nothing is written', async (change) => {
    const config = {
      peft_type: 'LORA',
      r: 1,
      lora_alpha: 1,
      target_modules: ['q_proj'],
      ...change,
    } as unknown as PeftConfig;
    const tensors = new Map([['q_proj.lora_A.default.weight', floatTensor(new Float32Array(2), [1, 2])]]);
    await expect(savePeftAdapter(join(folder, 'refused'), config, tensors)).rejects.toThrow(InvalidConfigError);
    await expect(openPeftAdapter(join(folder, 'refused'))).rejects.toMatchObject({ code: 'MISSING_FILE' });
  });
});
