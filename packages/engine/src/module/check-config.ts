import { InvalidConfigError } from '@nano-emox/tensor-contract';

type Field<Config> = keyof Config & string;

function invalid(where: string, field: string, problem: string, hint: string): never {
  throw new InvalidConfigError({ message: `${where}: config.${field} ${problem}`, hint, field });
}

/** Checks that fields are whole numbers of at least `least`. @throws InvalidConfigError */
export function requireSizes<Config extends object>(
  where: string,
  config: Config,
  fields: readonly Field<Config>[],
  least = 1,
): void {
  for (const field of fields) {
    const value: unknown = config[field];
    if (Number.isInteger(value) && (value as number) >= least) continue;
    invalid(where, field, `is ${JSON.stringify(value)}`, `Give a whole number of at least ${least}.`);
  }
}

/** Checks that a field is a finite number above 0. @throws InvalidConfigError */
export function requirePositive<Config extends object>(where: string, config: Config, field: Field<Config>): void {
  const value: unknown = config[field];
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return;
  invalid(where, field, `is ${JSON.stringify(value)}`, 'Give a number above 0.');
}

/** Checks that `field` divides by `divisor` without rest, e.g. a width by its heads. @throws InvalidConfigError */
export function requireDivisible<Config extends object>(
  where: string,
  config: Config,
  field: Field<Config>,
  divisor: Field<Config>,
): void {
  const [value, by] = [config[field] as number, config[divisor] as number];
  if (value % by === 0) return;
  invalid(
    where,
    field,
    `is ${value}, not a multiple of config.${divisor} = ${by}`,
    `Choose ${field} and ${divisor} that divide.`,
  );
}

/** Checks that a field has one of the listed values. @throws InvalidConfigError */
export function requireChoice<Config extends object>(
  where: string,
  config: Config,
  field: Field<Config>,
  choices: readonly unknown[],
): void {
  const value: unknown = config[field];
  if (choices.includes(value)) return;
  invalid(
    where,
    field,
    `is ${JSON.stringify(value)}`,
    `Choose one of ${choices.map((choice) => JSON.stringify(choice)).join(', ')}.`,
  );
}

/** Checks that a configuration has no field that `known` lacks: a misspelt one would be silently replaced by its default. @throws InvalidConfigError */
export function rejectUnknownFields(where: string, config: object, known: object): void {
  for (const field of Object.keys(config)) {
    if (field in known) continue;
    invalid(where, field, 'is not a field of this configuration', `Fields are ${Object.keys(known).join(', ')}.`);
  }
}
