import type { TaskDefinition, TaskId } from '../task';
import { erg } from './erg';
import { eri } from './eri';
import { mer } from './mer';
import { mir } from './mir';
import { msa } from './msa';
import { ovMer } from './ov-mer';

/** The six tasks, from perception to interaction. */
export const tasks: { readonly [Id in TaskId]: TaskDefinition<Id> } = Object.freeze({ msa, mer, ovMer, eri, mir, erg });

/** Their ids in that order. */
export const taskIds: readonly TaskId[] = Object.freeze(Object.keys(tasks) as TaskId[]);
