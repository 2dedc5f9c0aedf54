import { traceModule } from '@nano-emox/engine';
import { presets } from 'nano-emox';
import { changeModelConfig, emotionNetwork } from 'nano-emox/training';
import { describe, expect, it } from 'vitest';
import { ablations } from './ablations';
import { curricula, phaseNames } from './curriculum';
import { paperMixtures } from './paper-settings';
import { groupOfParameter, type Phase } from './phase';

const entries = Object.entries(ablations);
const { phases } = curricula.p2e(paperMixtures);
const trainedBy = (phase: Phase, names: readonly string[]) =>
  names.filter((name) => groupOfParameter(phase, name) !== undefined);
const isBase = (name: string) => name.startsWith('llama_model.') && !/\.(lora_|duplex_attention\.)/.test(name);
const parametersOf = (model = {}) => [
  ...traceModule(emotionNetwork, changeModelConfig(presets.tiny, model)).parameters.keys(),
];

describe('ablations', () => {
  it('are plain data, found by their names', () => {
    expect(JSON.parse(JSON.stringify(ablations))).toEqual(ablations);
    for (const [name, ablation] of entries) expect(ablation.name).toBe(name);
  });

  it('change one thing each', () => {
    expect(ablations.full).not.toHaveProperty('model');
    for (const [name, { curriculum, model = {} }] of entries.filter(([name]) => !name.startsWith('affectgpt-'))) {
      expect(Object.keys(model).length + (curriculum ? 1 : 0), name).toBe(name === 'full' ? 0 : 1);
    }
  });

  it('hold AffectGPT as a system of its own', () => {
    for (const fusionType of ['attention', 'qformer']) {
      const { curriculum, model } = ablations[`affectgpt-${fusionType}`] ?? {};
      expect({ curriculum, model }).toEqual({ curriculum: 'joint', model: { without: ['face'], fusionType } });
    }
  });

  it.each(entries)('%s: the last phase trains everything but the language model itself', (_, { model }) => {
    const names = parametersOf(model);
    expect(trainedBy(phases[3] as Phase, names)).toEqual(names.filter((name) => !isBase(name)));
  });

  it.each(entries)('%s: every phase of the curriculum has something to train', (_, { model }) => {
    const names = parametersOf(model);
    for (const [index, phase] of phases.entries()) {
      expect(trainedBy(phase, names).length, phaseNames[index]).toBeGreaterThan(0);
    }
  });

  it.each(['no-face', 'no-fusion'])('%s trains fewer parameters', (name) => {
    const left = parametersOf(ablations[name]?.model);
    expect(left.length).toBeLessThan(parametersOf().length);
    expect(parametersOf()).toEqual(expect.arrayContaining(left));
  });
});
