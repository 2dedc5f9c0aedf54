import { type Ablation, ablations, type CurriculumName, curricula, type ModelChanges } from '@nano-emox/p2e';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { paperOrder } from './order-verdict';

/** One row of the comparison. */
export interface ComparedSetting {
  readonly name: string;
  readonly curriculum: CurriculumName;
  /** What the model goes without, or has in another way. */
  readonly changes: ModelChanges;
}

/** The rows that are asked for, each name once. @throws InvalidArgumentError for an unknown name, or no row */
export function comparedSettings(
  wantedCurricula: readonly CurriculumName[] = paperOrder,
  wantedAblations: readonly string[] = [],
): ComparedSetting[] {
  const settings = [
    ...wantedCurricula.map((name) => ({ name, curriculum: requireKnown(name, curricula, 'curricula'), changes: {} })),
    ...wantedAblations.map((name) => settingOf(ablations[requireKnown(name, ablations, 'ablations')] as Ablation)),
  ];
  const byName = new Map(settings.map((setting) => [setting.name, setting]));
  if (byName.size > 0) return [...byName.values()];
  throw new InvalidArgumentError({
    message: 'ablate: there is nothing to compare',
    hint: `Name curricula (${Object.keys(curricula).join(', ')}) or ablations.`,
    argument: 'curricula',
  });
}

const settingOf = ({ name, curriculum = 'p2e', model = {} }: Ablation): ComparedSetting => ({
  name,
  curriculum,
  changes: model,
});

function requireKnown<Name extends string>(name: Name, known: object, argument: string): Name {
  if (Object.hasOwn(known, name)) return name;
  throw new InvalidArgumentError({
    message: `ablate: there is no ${name} among the ${argument}`,
    hint: `Known are ${Object.keys(known).join(', ')}.`,
    argument,
  });
}
