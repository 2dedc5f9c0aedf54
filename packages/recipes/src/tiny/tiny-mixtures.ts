import { type Mixtures, mixtureByTask, paperTaskRatio, phaseNames } from '@nano-emox/p2e';
import { taskIds } from '@nano-emox/tasks';
import type { EmotionSource } from '../sources/emotion-source';

/** The paper's ratio of tasks, with sentiment added: the paper reads it from OV-MER. */
export const tinyTaskRatio = { ...paperTaskRatio, msa: 10 } as const;

/** What each run of the curriculum samples; the last follows the paper's ratio of tasks. */
export const tinyMixtures: Mixtures = {
  'perception-audio': { 'voices/mer': 0.6, 'rendered-voice/mer': 0.4 },
  'perception-visual': { 'faces/mer': 0.6, 'rendered-visual/mer': 0.4 },
  'understanding-fusion': { 'rendered/mir': 1 },
  'empathy-multitask': mixtureByTask(Object.fromEntries(taskIds.map((task) => [task, ['rendered']])), tinyTaskRatio),
};

/** {@link tinyMixtures} without the data sets of sources that are not there. */
export function availableMixtures(sources: readonly EmotionSource[]): Mixtures {
  const names = new Set(sources.map(({ name }) => name));
  const isThere = ([set]: [string, number]) => names.has(set.slice(0, set.lastIndexOf('/')));
  return Object.fromEntries(
    phaseNames.map((phase) => [phase, Object.fromEntries(Object.entries(tinyMixtures[phase]).filter(isThere))]),
  ) as Mixtures;
}
