import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { AffectTaskId, AnyTaskId, TaskDefinition, TaskId } from '../task';
import { eC } from './affect/emotion-set';
import { eiOc, eiReg } from './affect/intensity';
import { vOc, vReg } from './affect/valence';
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

/** Five tasks on text alone, asked only where they are named: intensity and valence as numbers and as classes, and the set of emotions. */
export const affectTasks: { readonly [Id in AffectTaskId]: TaskDefinition<Id> } = Object.freeze({
  eiReg,
  eiOc,
  vReg,
  vOc,
  eC,
});

/** Their ids in that order. */
export const affectTaskIds: readonly AffectTaskId[] = Object.freeze(Object.keys(affectTasks) as AffectTaskId[]);

const all: { readonly [Id in AnyTaskId]: TaskDefinition<Id> } = Object.freeze({ ...tasks, ...affectTasks });

/** Ids of all tasks, the six first. */
export const allTaskIds: readonly AnyTaskId[] = Object.freeze(Object.keys(all) as AnyTaskId[]);

/** The definition of any task. @throws InvalidArgumentError for an id that is none */
export function taskOf<Id extends AnyTaskId>(id: Id): TaskDefinition<Id> {
  if (Object.hasOwn(all, id)) return all[id];
  throw new InvalidArgumentError({
    message: `there is no task "${id}"`,
    hint: `Use one of ${allTaskIds.join(', ')}.`,
    argument: 'task',
  });
}
