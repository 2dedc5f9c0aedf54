import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError, InvalidFileError, MissingFileError } from '@nano-emox/tensor-contract';
import type { AnnotationFiles, Corpus, CorpusLayout } from './corpus';
import type { DataSetOptions } from './options';
import { fileBytes } from './records/file-bytes';
import { type MatchedFile, matchFiles } from './records/match-files';
import { recordReader } from './records/record-reader';
import { isWanted } from './to-rows';

/**
 * The first layout of which a file is there and, where it is a table, has the right columns.
 * @throws MissingFileError naming every layout, when there is none
 * @throws InvalidFileError when files are there, but not of the right columns
 */
export async function findLayout(corpus: Corpus, root: string): Promise<CorpusLayout> {
  let unfit: InvalidFileError | undefined;
  for (const layout of corpus.layouts) {
    const found = await firstFile(layout, root);
    if (!found) continue;
    const problem = await headerProblem(found.files, join(root, found.match.path));
    if (!problem) return layout;
    unfit ??= problem;
  }
  if (unfit) throw unfit;
  const isThere = await stat(root).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  throw new MissingFileError({
    message: `${corpus.name}: ${isThere ? `no annotation was found in ${root}` : `there is no folder ${root}`}`,
    hint: `Expected ${corpus.layouts.map(({ expects }) => expects).join('; or ')}.`,
    path: root,
  });
}

/** @throws InvalidArgumentError for a split that the data set does not have */
export function checkSplits(corpus: Corpus, { split, speakerSplits }: DataSetOptions): void {
  const known = new Set([...corpus.splits, ...Object.keys(speakerSplits ?? {})]);
  const wanted = split === undefined ? [] : typeof split === 'string' ? [split] : split;
  const unknown = wanted.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new InvalidArgumentError({
    message: `${corpus.name} has no split ${unknown.join(', ')}`,
    hint: `It has ${[...known].join(', ')}.`,
    argument: 'split',
  });
}

/**
 * The files to read, in order: those whose split is wanted, as far as that can be told from outside.
 * @throws MissingFileError when a split is wanted whose annotation is absent
 */
export async function* annotationFiles(
  corpus: Corpus,
  layout: CorpusLayout,
  root: string,
  { split, speakerSplits }: DataSetOptions,
): AsyncGenerator<{ readonly files: AnnotationFiles; readonly match: MatchedFile }> {
  for (const files of layout.files) {
    const isByFile = files.split !== undefined && !speakerSplits;
    if (isByFile && !isWanted(split, files.split as string)) continue;
    let count = 0;
    for await (const match of matchFiles(root, files.path)) {
      count++;
      yield { files, match };
    }
    if (count === 0 && isByFile && split !== undefined) {
      throw new MissingFileError({
        message: `${corpus.name}: the annotation of split ${files.split} is not in ${root}`,
        hint: `Expected ${layout.expects}.`,
        path: join(root, ...files.path.map((segment) => (typeof segment === 'string' ? segment : segment.source))),
      });
    }
  }
}

async function firstFile(layout: CorpusLayout, root: string) {
  for (const files of layout.files) {
    for await (const match of matchFiles(root, files.path)) return { files, match };
  }
  return undefined;
}

async function headerProblem({ format }: AnnotationFiles, path: string): Promise<InvalidFileError | undefined> {
  if (format.kind !== 'delimited' || format.header === 'none') return undefined;
  try {
    for await (const _ of recordReader(format, path).scan(fileBytes(path))) break; // the header comes before the first row
    return undefined;
  } catch (error) {
    if (error instanceof InvalidFileError) return error;
    throw error;
  }
}
