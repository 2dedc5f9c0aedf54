import type { HostTensor } from '@nano-emox/tensor-contract';
import type { Curriculum } from './curriculum';
import { type PhaseResult, type TrainPhaseOptions, trainPhase } from './train-phase';

export interface TrainCurriculumOptions<Sample> extends Omit<TrainPhaseOptions<Sample>, 'phase' | 'validation'> {
  readonly curriculum: Curriculum;
  /** Judge of each phase, by phase name. */
  readonly validations?: Readonly<Record<string, TrainPhaseOptions<Sample>['validation']>>;
}

/** Runs the phases in order, each from the weights of the one before. */
export async function trainCurriculum<Sample>(
  options: TrainCurriculumOptions<Sample>,
): Promise<ReadonlyMap<string, HostTensor>> {
  const { curriculum, model, validations, ...shared } = options;
  let { weights } = model;
  for (const phase of curriculum.phases) {
    const validation = validations?.[phase.name];
    const result: PhaseResult = await trainPhase({
      ...shared,
      model: { ...model, collate: (samples) => model.collate(samples), weights },
      phase,
      ...(validation && { validation }),
    });
    weights = result.weights;
  }
  return weights;
}
