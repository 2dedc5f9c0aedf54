import { initializeWeights, Random, traceModule } from '@nano-emox/engine';
import { openOnnxRuntimeNode } from '@nano-emox/engine/onnxruntime-node';
import { TrainingSession } from '@nano-emox/engine/training';
import type { FloatTensor } from '@nano-emox/tensor-contract';
import { presets } from 'nano-emox';
import {
  changeModelConfig,
  collateEmotionBatch,
  type EmotionSample,
  emotionNetwork,
  softTokenCounts,
} from 'nano-emox/training';
import { afterAll, describe, expect, it } from 'vitest';
import {
  curricula,
  jointCurriculum,
  type PhaseName,
  p2eCurriculum,
  phaseNames,
  releasedCurriculum,
  reverseCurriculum,
} from './curriculum';
import { paperMixtures, paperScale, releasedMixtures } from './paper-settings';
import { groupOfParameter, type Phase, validatePhase } from './phase';

const config = presets.tiny;
const names = [...traceModule(emotionNetwork, config).parameters.keys()];
const { phases } = p2eCurriculum(paperMixtures);

/**
 * Trainable tensors of the published checkpoint, spelled out from its layout (shapes aside), without those that no forward
 * pass reads: `lynorm`, `image_llama_proj`, `multi_audio_embs`, `multi_video_embs`.
 */
const affine = (...layers: string[]) => layers.flatMap((layer) => [`${layer}.weight`, `${layer}.bias`]);

function branch(modality: 'video' | 'audio'): string[] {
  const layer = (index: number) => {
    const root = `${modality}_Qformer.bert.encoder.layer.${index}`;
    const attention = ['attention', 'crossattention'].flatMap((name) => [
      ...['query', 'key', 'value'].map((part) => `${root}.${name}.self.${part}`),
      `${root}.${name}.output.dense`,
      `${root}.${name}.output.LayerNorm`,
    ]);
    return affine(
      ...attention,
      `${root}.intermediate_query.dense`,
      `${root}.output_query.dense`,
      `${root}.output_query.LayerNorm`,
    );
  };
  return [
    `${modality}_query_tokens`,
    modality === 'video' ? 'video_frame_position_embedding.weight' : 'audio_position_embedding.weight',
    ...affine(
      `${modality}_Qformer.bert.embeddings.LayerNorm`,
      modality === 'video' ? 'video_proj' : 'audio_llama_proj',
    ),
    ...layer(0),
    ...layer(1),
  ];
}

const published = {
  audio: branch('audio'),
  video: branch('video'),
  face: [
    'facial_encoder.query',
    'facial_encoder.attn.in_proj_weight',
    'facial_encoder.attn.in_proj_bias',
    ...affine('facial_encoder.attn.out_proj', 'facial_encoder.face_proj.0', 'facial_encoder.face_proj.3'),
  ],
  fusion: [
    ...affine('multi_multiscale_fusion.audio_proj', 'multi_multiscale_fusion.visual_proj'),
    ...[0, 1, 2].flatMap((index) => [
      `multi_multiscale_fusion.cross_attns.${index}.in_proj_weight`,
      `multi_multiscale_fusion.cross_attns.${index}.in_proj_bias`,
      ...affine(`multi_multiscale_fusion.cross_attns.${index}.out_proj`),
      ...affine(...[0, 1, 4].map((part) => `multi_multiscale_fusion.ffns.${index}.${part}`)),
    ]),
    ...affine('multi_multiscale_fusion.gate_mlp.0', 'multi_multiscale_fusion.gate_mlp.3', 'multi_llama_proj'),
  ],
  lora: Array.from({ length: config.languageModel.layers }, (_, layer) =>
    ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj', 'self_attn.o_proj']
      .concat(['mlp.gate_proj', 'mlp.up_proj', 'mlp.down_proj'])
      .flatMap((matrix) =>
        ['A', 'B'].map(
          (side) => `llama_model.base_model.model.model.layers.${layer}.${matrix}.lora_${side}.default.weight`,
        ),
      ),
  ).flat(),
};

/** The freeze table of the paper: what trains in each phase. */
const freezeTable: Readonly<Record<PhaseName, readonly (keyof typeof published)[]>> = {
  'perception-audio': ['audio'],
  'perception-visual': ['video', 'face'],
  'understanding-fusion': ['audio', 'video', 'face', 'fusion'],
  'empathy-multitask': ['audio', 'video', 'face', 'fusion', 'lora'],
};

const trainedIn = (phase: Phase) => names.filter((name) => groupOfParameter(phase, name) !== undefined);

describe('p2eCurriculum', () => {
  it('trains what the freeze table says, parameter by parameter', () => {
    expect(phases.map(({ name }) => name)).toEqual(phaseNames);
    for (const phase of phases) {
      const expected = freezeTable[phase.name as PhaseName].flatMap((module) => published[module]);
      expect(trainedIn(phase).sort(), phase.name).toEqual([...expected].sort());
    }
  });

  it('trains duplex attention, where the language model has it, with LoRA in the last phase', () => {
    const changed = changeModelConfig(config, { attention: 'paper' });
    const added = [...traceModule(emotionNetwork, changed).parameters.keys()].filter((name) => !names.includes(name));
    expect(added).toHaveLength(3 * config.languageModel.layers);
    for (const name of added) {
      const groups = phases.map((phase) => groupOfParameter(phase, name));
      expect(groups, name).toEqual([undefined, undefined, undefined, 'lora']);
    }
  });

  it('never trains the language model itself or an encoder', () => {
    const base = names.filter((name) => name.startsWith('llama_model.') && !name.includes('.lora_'));
    expect(base).toContain('llama_model.base_model.model.model.embed_tokens.weight');
    const encoders = [
      'facial_encoder.facexformer.backbone.features.0.0.weight',
      'visual_encoder.model.vision_model.post_layernorm.weight',
      'acoustic_encoder.model.encoder.layers.0.attention.k_proj.weight',
    ];
    for (const phase of phases) {
      for (const name of [...base, ...encoders]) expect(groupOfParameter(phase, name), name).toBeUndefined();
    }
  });

  it('has the steps and rates of the paper, and is valid', () => {
    for (const phase of phases) {
      expect(() => validatePhase(phase)).not.toThrow();
      expect(phase.steps).toBe(paperScale.steps[phase.name as PhaseName]);
      expect(phase.batchSize).toBe(3);
      expect(phase.warmupSteps).toBe(5000);
      expect(phase.clipNorm).toBeUndefined();
    }
    expect(phases[0]?.learningRates).toMatchObject({ adapters: { initial: 3e-4, minimum: 1e-4, warmup: 1e-6 } });
    expect(phases[3]?.learningRates).toMatchObject({ lora: { initial: 8e-6, minimum: 8e-6, warmup: 5e-7 } });
    const { 'empathy-multitask': last } = paperMixtures;
    expect(Object.values(last).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  it('shrinks with its scale', () => {
    const steps = { 'perception-audio': 4, 'perception-visual': 3, 'understanding-fusion': 2, 'empathy-multitask': 1 };
    const small = p2eCurriculum(paperMixtures, { ...paperScale, steps, batchSize: 2, clipNorm: 1 });
    expect(small.phases.map(({ warmupSteps }) => warmupSteps)).toEqual([4, 3, 2, 1]);
    expect(small.phases.every(({ batchSize, clipNorm }) => batchSize === 2 && clipNorm === 1)).toBe(true);
  });
});

describe('the other curricula', () => {
  const steps = {
    'perception-audio': 40,
    'perception-visual': 30,
    'understanding-fusion': 20,
    'empathy-multitask': 10,
  };
  const scale = { ...paperScale, steps, batchSize: 2, warmupSteps: 5, accumulationSteps: 4 };
  const total = (phases: readonly Phase[]) => phases.reduce((sum, phase) => sum + phase.steps, 0);
  const p2e = p2eCurriculum(paperMixtures, scale);

  it('make as many steps, and every phase of theirs is valid', () => {
    for (const [name, curriculum] of Object.entries(curricula)) {
      const made = curriculum(name === 'p2e-released' ? releasedMixtures : paperMixtures, scale);
      expect(made.name).toBe(name);
      expect(total(made.phases)).toBe(100);
      for (const phase of made.phases) {
        expect(() => validatePhase(phase)).not.toThrow();
        expect(phase).toMatchObject({ batchSize: 2, accumulationSteps: 4, warmupSteps: 5 });
      }
    }
  });

  it('joint: all at once, with the rates of the released single stage', () => {
    const [phase, ...others] = jointCurriculum(paperMixtures, scale).phases as [Phase];
    expect(others).toEqual([]);
    expect(trainedIn(phase)).toEqual(trainedIn(p2e.phases[3] as Phase));
    expect(phase.learningRates.adapters).toEqual({ initial: 1e-5, minimum: 1e-5, warmup: 5e-7 });
    const { jointLearningRate: _, ...without } = scale;
    const [fallback] = jointCurriculum(paperMixtures, without).phases as [Phase];
    expect(fallback.learningRates.lora).toEqual(scale.learningRates['empathy-multitask']);
  });

  it('joint: draws each data set as often as the phases together', () => {
    const [{ mixture }] = jointCurriculum(paperMixtures, scale).phases as [Phase];
    expect(mixture['crema-d']).toBeCloseTo((40 * 9) / 38, 12);
    expect(mixture.caer).toBeCloseTo((30 * 16) / 62, 12);
    expect(mixture.mintrec2).toBeCloseTo((20 * 76) / 100, 12);
    expect(mixture['avamerg/erg']).toBeCloseTo(10 * 0.18, 12);
    expect(Object.values(mixture).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(100, 10);
  });

  it('joint: adds up what several phases draw', () => {
    const shared = { ...paperMixtures, 'perception-audio': { caer: 1 } };
    const [{ mixture }] = jointCurriculum(shared, scale).phases as [Phase];
    expect(mixture.caer).toBeCloseTo(40 + (30 * 16) / 62, 12);
  });

  it('reverse: the same phases from last to first', () => {
    expect(reverseCurriculum(paperMixtures, scale).phases).toEqual(p2e.phases.toReversed());
    expect(p2e.phases.map(({ name }) => name)).toEqual(phaseNames); // and p2e keeps its order
  });

  it('released: the same phases, each with the deviations of the published code', () => {
    const { phases: released } = releasedCurriculum(releasedMixtures);
    expect(released.map(({ deviations }) => deviations?.epochsCountFromOne?.epochs)).toEqual([3, 5, 1, 60]);
    for (const phase of released) {
      expect(phase.steps / (phase.deviations?.epochsCountFromOne?.epochs ?? 0)).toBe(5000);
      expect(phase.deviations).toMatchObject({ subsetsThenUniform: true, noDecayByNamePart: true });
    }
    expect(p2e.phases.some((phase) => 'deviations' in phase)).toBe(false);
  });
});

/** A sample with every modality and a short text; values from a seed. */
function fullSample(seed: number): EmotionSample {
  const random = new Random(seed);
  const values = (count: number) => new Float32Array(count).map(() => random.normal());
  const { frames, clips } = config.input;
  const [scene, audio] = [config.sceneEncoder.hidden, config.audioEncoder.hidden];
  const soft = Object.values(softTokenCounts(config)).reduce((sum, count) => sum + count, 0);
  const text = Array.from({ length: 12 }, () => random.integer(4000));
  const inputIds = [config.languageModel.specialTokens.bos as number, ...new Array<number>(soft).fill(0), ...text];
  return {
    features: {
      face: values(frames * config.faceEncoder.headWidth),
      scene: values(frames * scene),
      sceneLevels: values(frames * 3 * scene),
      audio: values(clips * audio),
      audioLevels: values(clips * 3 * audio),
    },
    sequence: {
      inputIds,
      spliceIndex: inputIds.map((_, column) => (column >= 1 && column <= soft ? column - 1 : -1)),
      labels: inputIds.map((id, column) => (column > soft + 4 ? id : -100)),
    },
  };
}

describe('training step of the curriculum', () => {
  // Two decoder layers have every kind of parameter; six only take longer.
  const shallow = { ...config, languageModel: { ...config.languageModel, layers: 2 } };
  const graph = traceModule(emotionNetwork, shallow);
  const trainedIn = (phase: Phase) =>
    [...graph.parameters.keys()].filter((name) => groupOfParameter(phase, name) !== undefined);
  const ready = openOnnxRuntimeNode({ workers: 0, threads: 2 });
  afterAll(async () => (await ready).dispose());
  const batch = collateEmotionBatch([fullSample(1), fullSample(2)], config);
  // With B = 0, as LoRA begins, A has no gradient; any other B will do here.
  const random = new Random(3);
  const weights = new Map(
    [...initializeWeights(graph, 1)].map(([name, tensor]): [string, FloatTensor] => [
      name,
      name.includes('.lora_B.') ? { ...tensor, data: tensor.data.map(() => 0.05 * random.normal()) } : tensor,
    ]),
  );

  it.each(phases)(
    'reaches every trainable parameter of $name with a finite gradient',
    async (phase) => {
      const session = await TrainingSession.open({
        graph,
        weights,
        executor: await ready,
        groupOf: (name) => groupOfParameter(phase, name),
      });
      const learningRates = { adapters: 0, lora: 0 };
      const { loss, gradientNorm } = await session.update(batch, { learningRates });
      // With a rate of 0 the weights stay, and the first moment is a tenth of the gradient.
      const gradients = await gradientsByName(session);
      await session.dispose();
      expect(loss).toBeGreaterThan(1);
      expect(gradientNorm).toBeGreaterThan(0);
      expect([...gradients.keys()].sort()).toEqual(trainedIn(phase).sort());
      const largest = [...gradients].map(([name, values]) => [name, Math.max(...values.map(Math.abs))] as const);
      expect(largest.filter(([, value]) => !Number.isFinite(value))).toEqual([]);
      // A key bias moves all scores of a query alike, which softmax does not see: its gradient is zero but for rounding.
      expect(largest.filter(([name, value]) => value === 0 && !name.endsWith('.key.bias'))).toEqual([]);
    },
    120_000,
  );
});

/** First moments by parameter: those of a group lie in one vector, in the order in which `readWeights` lists them. */
async function gradientsByName(session: TrainingSession): Promise<Map<string, Float32Array>> {
  const { tensors } = await session.readState();
  const moments = Object.entries(tensors).flatMap(([name, { data }]) =>
    name.endsWith('.firstMoment') ? [...(data as Float32Array)] : [],
  );
  let offset = 0;
  const gradients = new Map<string, Float32Array>();
  for (const [name, { data }] of await session.readWeights()) {
    gradients.set(name, Float32Array.from(moments.slice(offset, offset + data.length)));
    offset += data.length;
  }
  expect(offset).toBe(moments.length);
  return gradients;
}
