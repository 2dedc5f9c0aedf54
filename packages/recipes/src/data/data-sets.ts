import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MissingFileError } from '@nano-emox/tensor-contract';

/** Public data that the recipe can use, and the files of each below the data folder. */
export const dataSetFiles = {
  fer2013: ['faces/fer2013-train-publictest.tar.gz'],
  emodb: ['speech/emodb.tar', 'speech/emodb-labels.csv'],
  emogator: ['speech/emogator.tar'],
  goemotions: ['text/goemotions/labels.txt', 'text/goemotions/train.tsv', 'text/goemotions/dev.tsv'],
  brighter: ['text/brighter/track_b_train.eng.csv', 'text/brighter/track_b_dev.eng.csv'],
  xed: ['text/xed/en-annotated.tsv', 'text/xed/neu_en.txt'],
  emobank: ['text/emobank/emobank-train-dev.csv'],
  mintrec: ['text/mintrec/train.tsv'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** A public data set whose licence lets it train weights that are shipped. */
export type TinyDataSet = keyof typeof dataSetFiles;

/** A data set that is not where it is looked for. */
export interface MissingDataSet {
  readonly dataSet: TinyDataSet;
  /** The first file that is absent. */
  readonly path: string;
}

/** Which data sets a folder has. */
export function findDataSets(folder: string): {
  readonly present: readonly TinyDataSet[];
  readonly missing: readonly MissingDataSet[];
} {
  const present: TinyDataSet[] = [];
  const missing: MissingDataSet[] = [];
  for (const [dataSet, files] of Object.entries(dataSetFiles) as [TinyDataSet, readonly string[]][]) {
    const path = files.map((name) => join(folder, name)).find((file) => !existsSync(file));
    if (path === undefined) present.push(dataSet);
    else missing.push({ dataSet, path });
  }
  return { present, missing };
}

/** Path of one file of the data folder. @throws MissingFileError when it is not there */
export function dataFile(folder: string, name: string): string {
  const path = join(folder, name);
  if (existsSync(path)) return path;
  throw new MissingFileError({
    message: `${path} does not exist`,
    hint: 'Put the data set there; the README of @nano-emox/recipes says what lies where.',
    path,
  });
}
