import { type Mixtures, mixtureByTask, type PhaseName, taskSetName } from '@nano-emox/p2e';
import { type AnyTaskId, type ModalityMode, modalityModes, type TaskId, taskIds } from '@nano-emox/tasks';
import type { Modality } from '@nano-emox/tensor-contract';
import type { EmotionSource } from '../sources/emotion-source';
import { selectSource } from '../sources/select-source';
import { visualMode, voiceMode } from '../tiny/labelled-sources';
import { tinyTaskRatio } from '../tiny/tiny-mixtures';

/** Rows looked at to see which tasks a source answers; corpora do not mix them from row to row. */
const ROWS_LOOKED_AT = 1000;

/** What the first phases would rather learn from, best first. */
const perceptionTasks: readonly TaskId[] = ['mer', 'ovMer', 'msa', 'eri', 'mir', 'erg'];
const understandingTasks: readonly TaskId[] = ['mir', 'mer', 'ovMer', 'msa', 'eri', 'erg'];

interface DescribedSource {
  readonly source: EmotionSource;
  readonly tasks: readonly TaskId[];
  readonly needs: readonly Modality[];
}

/**
 * What the phases of a curriculum draw from any set of corpora: voices alone, then faces and scenes alone, for emotion; then
 * intent with everything; then all tasks by the paper's ratio. Where a task is missing, the nearest one takes its place. Within
 * a phase a source counts by its clips.
 * @returns the sources with those that ask one modality alone, and the mixtures; a phase without data has an empty one
 */
export async function corpusMixtures(
  sources: readonly EmotionSource[],
): Promise<{ readonly sources: readonly EmotionSource[]; readonly mixtures: Mixtures }> {
  const described = await Promise.all(sources.map(describe));
  const [voices, pictures] = [alone(described, 'voice'), alone(described, 'visual')];
  const byTask: Partial<Record<TaskId, Record<string, number>>> = {};
  for (const { source, tasks } of described) {
    for (const task of tasks) byTask[task] = { ...byTask[task], [source.name]: source.length };
  }
  const mixtures: Record<PhaseName, Record<string, number>> = {
    'perception-audio': byClips(voices, perceptionTasks),
    'perception-visual': byClips(pictures, perceptionTasks),
    'understanding-fusion': byClips(described, understandingTasks),
    'empathy-multitask': mixtureByTask(byTask, tinyTaskRatio),
  };
  const views = [...voices, ...pictures].map(({ source }) => source).filter((source) => !sources.includes(source));
  return { sources: [...sources, ...views], mixtures };
}

async function describe(source: EmotionSource): Promise<DescribedSource> {
  const found = new Set<AnyTaskId>();
  let mode: ModalityMode | undefined;
  for (let index = 0; index < Math.min(source.length, ROWS_LOOKED_AT); index++) {
    const { targets, modalityMode } = await source.row(index);
    for (const { task } of targets) found.add(task);
    mode ??= modalityMode;
  }
  return { source, tasks: taskIds.filter((task) => found.has(task)), needs: mode ? modalityModes[mode].needs : [] };
}

/** Sources that show a voice, or a picture, asked about it alone; one that shows nothing else is taken as it is. */
function alone(described: readonly DescribedSource[], view: 'voice' | 'visual'): DescribedSource[] {
  const wanted: readonly Modality[] = view === 'voice' ? ['audio'] : ['face', 'frame'];
  return described.flatMap(({ source, tasks, needs }) => {
    if (!needs.some((modality) => wanted.includes(modality))) return [];
    if (needs.every((modality) => wanted.includes(modality))) return [{ source, tasks, needs }];
    const mode = view === 'voice' ? voiceMode : visualMode;
    const viewed = selectSource(source, { name: `${source.name}-${view}`, row: { modalityMode: mode } });
    return [{ source: viewed, tasks, needs: wanted }];
  });
}

/** The sources of the first task in `order` that any of them answers. */
function byClips(described: readonly DescribedSource[], order: readonly TaskId[]): Record<string, number> {
  const task = order.find((candidate) => described.some(({ tasks }) => tasks.includes(candidate)));
  if (task === undefined) return {};
  const answering = described.filter(({ tasks }) => tasks.includes(task));
  return Object.fromEntries(answering.map(({ source }) => [taskSetName(source.name, task), source.length]));
}
