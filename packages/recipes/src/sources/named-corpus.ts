import { join } from 'node:path';
import { readJsonFile } from '@nano-emox/engine/weights';
import { type Corpus, corpora, type TableDescription, tableDataSet } from '@nano-emox/tasks/datasets';
import { InvalidFileError, MissingFileError } from '@nano-emox/tensor-contract';

/** Describes a table of one's own in its folder: a `TableDescription` without its name. */
export const DESCRIPTION_FILE = 'dataset.json';

/**
 * A corpus by its name, or by the description in its folder: any table becomes a data set with a `dataset.json` beside it.
 * @throws InvalidFileError for a description that is none, MissingFileError when the name is not known and there is none
 */
export async function namedCorpus(name: string, folder: string): Promise<Corpus> {
  if (Object.hasOwn(corpora, name)) return corpora[name as keyof typeof corpora];
  const path = join(folder, DESCRIPTION_FILE);
  const description = await readJsonFile(path).catch((cause) => {
    if (!(cause instanceof MissingFileError)) throw cause;
    throw new MissingFileError({
      message: `${name} is no known data set, and there is no ${path} that describes it`,
      hint: `Known are ${Object.keys(corpora).join(', ')}. For any other, write a ${DESCRIPTION_FILE}; the README shows one.`,
      path,
      cause,
    });
  });
  if (isDescription(description)) return tableDataSet({ ...description, name });
  throw new InvalidFileError({
    message: `${path} does not describe a data set`,
    hint: 'Give it files, id, and targets with a task and its fields each, as tableDataSet of @nano-emox/tasks/datasets takes them.',
    path,
  });
}

function isDescription(value: unknown): value is Omit<TableDescription, 'name'> {
  if (typeof value !== 'object' || value === null) return false;
  const { files, id, targets } = value as Partial<TableDescription>;
  const hasFiles = typeof files === 'string' || (typeof files === 'object' && files !== null);
  return hasFiles && typeof id === 'string' && Array.isArray(targets) && targets.length > 0 && targets.every(isTarget);
}

const texts = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'string']));

/** What the rule of each task has to say, as types of its fields; any of several forms. */
const targetFields: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  msa: [{ valence: 'string', range: 'number' }, texts('sentiment')],
  mer: [{ label: 'string', labels: 'object' }],
  mir: [{ label: 'string', labels: 'object' }],
  ovMer: [{ labels: 'object' }],
  eri: [{ reason: 'string', emotions: 'object' }],
  eiReg: [texts('emotion', 'intensity')],
  eiOc: [texts('emotion', 'intensity')],
  vReg: [texts('valence')],
  vOc: [texts('valence')],
  eC: [{ emotions: 'object', labels: 'object' }],
  erg: [texts('eventScenario', 'speakerEmotion', 'emotionCause', 'goalToResponse', 'response')],
};

function isTarget(target: unknown): boolean {
  if (typeof target !== 'object' || target === null) return false;
  const fields = target as Readonly<Record<string, unknown>>;
  const forms = Object.hasOwn(targetFields, String(fields.task)) ? (targetFields[String(fields.task)] ?? []) : [];
  return forms.some((form) =>
    Object.entries(form).every(([name, type]) => typeof fields[name] === type && fields[name] !== null),
  );
}
