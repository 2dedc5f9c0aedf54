import { type CorpusName, corpusOf } from './corpora';
import type { Corpus } from './corpus';
import { FilePool } from './file-pool';
import type { DataSetOptions } from './options';
import type { EmotionSampleRow } from './row';
import { openContext, scanRows } from './scan-rows';

/**
 * Reads a data set row by row, in the order of its files. Nothing is opened before the first row is asked for; leaving the
 * loop closes everything.
 * @param dataSet name of a corpus, or a description of one's own, see {@link tableDataSet}
 * @param root folder of the data set
 * @throws InvalidArgumentError for an unknown name or split
 * @throws MissingFileError when the folder does not hold the annotation; the hint says what is expected
 * @throws InvalidFileError when a file lacks columns or is damaged beyond a row
 * @throws InvalidRowError at the first bad row, unless `badRows` is `skip`
 * @throws AbortedError once `signal` is aborted
 */
export async function* openDataSet(
  dataSet: CorpusName | Corpus,
  root: string,
  options: DataSetOptions = {},
): AsyncGenerator<EmotionSampleRow, void> {
  const pool = new FilePool();
  try {
    const context = await openContext(corpusOf(dataSet), root, options, pool);
    for await (const { row } of scanRows(context, options.uniqueIds ?? false)) yield row;
  } finally {
    await pool.close();
  }
}
