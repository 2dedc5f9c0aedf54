import { traceModule } from '@nano-emox/engine';
import { taskIds } from '@nano-emox/tasks';
import { describe, expect, it } from 'vitest';
import { brief, createTinyModel, sampleClip } from './__fixtures__/tiny-model';
import { presets } from './index';
import { changeModelConfig, emotionNetwork } from './training';

describe.each(['attention', 'qformer'] as const)('AffectGPT with pre-fusion by %s', (fusionType) => {
  const preset = fusionType === 'attention' ? presets.affectgptAttention : presets.affectgptQformer;
  const toy = changeModelConfig(presets.tiny, { without: ['face'], fusionType });

  it('has the published low-rank matrices, and no face encoder in its graph', () => {
    const parameters = [...traceModule(emotionNetwork, preset).parameters];
    const lowRank = parameters.filter(([name]) => name.includes('.lora_'));
    const weights = lowRank.reduce(
      (sum, [, { shape }]) => sum + shape.reduce<number>((size, dim) => size * Number(dim), 1),
      0,
    );
    expect(weights).toBe(40_370_176);
    const names = (config: typeof preset) =>
      [...traceModule(emotionNetwork, config).parameters.keys()].map((name) => name.replace(/\.\d+\./g, '.N.'));
    // The toy is the same network: its parameters have the same names, but for the head that the small decoder ties.
    const untied = names(preset).filter((name) => !name.endsWith('lm_head.weight'));
    expect(new Set(names(toy).map(withoutBias))).toEqual(new Set(untied.map(withoutBias)));
  });

  it('is assembled at toy size and answers all six tasks', async () => {
    const model = await createTinyModel({ workers: 0 }, { ...toy, preset: 'toy' });
    const { tasks, modalities, mode } = await model.analyze(sampleClip, { sampling: brief });
    await model.dispose();
    expect(model.components.fusion.config.type).toBe(fusionType);
    expect(modalities).toEqual(['frame', 'audio', 'multi']);
    expect(mode).toBe('multiframe_audio_frame_text');
    expect(Object.keys(tasks)).toEqual(taskIds);
  });
});

/** The projections of Qwen2 have biases, those of the tiny decoder have none. */
const withoutBias = (name: string) => name.replace(/\.bias$/, '.weight');
