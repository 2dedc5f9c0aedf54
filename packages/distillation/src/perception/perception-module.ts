import { defineModule } from '@nano-emox/engine';
import type { ComponentDefinition } from '@nano-emox/engine/runtime';
import { f32 } from '@nano-emox/tensor-contract';
import { answerGateModule } from '../gate/gate-module';
import { distillationHeadModule } from '../head/head-module';
import { type PerceptionHeadConfig, resolvePerceptionConfig } from './perception-config';

/** Where the weights of the two parts stand. */
export const perceptionRoots = { head: 'head', gate: 'gate' } as const;

type PerceptionInput = 'features' | 'answer';
type PerceptionOutput = 'headProbabilities' | 'probabilities';

/**
 * `features` float32 `[batch, tokens, featureDim]` and `answer` `[batch, classes]` to calibrated probabilities
 * `[batch, classes]`: of the head alone, and of head and answer together.
 */
export const perceptionHeadModule = defineModule<PerceptionHeadConfig, PerceptionInput, PerceptionOutput>({
  name: 'PerceptionHead',
  inputs: ({ head }) => ({
    features: f32('batch', 'tokens', head.featureDim),
    answer: f32('batch', head.labels.length),
  }),
  outputs: ({ head }) => ({
    headProbabilities: f32('batch', head.labels.length),
    probabilities: f32('batch', head.labels.length),
  }),
  forward({ features, answer }, weights, { head, gate }) {
    const opinion = distillationHeadModule.forward({ features }, weights.scope(perceptionRoots.head), head);
    const gateWeights = weights.scope(perceptionRoots.gate);
    const { probabilities } = answerGateModule.forward({ headLogits: opinion.logits, answer }, gateWeights, gate);
    return { headProbabilities: opinion.probabilities, probabilities };
  },
});

/** What a perception head is made of, for loaders. */
export const perceptionHeadDefinition: ComponentDefinition<PerceptionHeadConfig, PerceptionInput, PerceptionOutput> = {
  type: 'perception-head',
  module: perceptionHeadModule,
  resolveConfig: resolvePerceptionConfig,
};
