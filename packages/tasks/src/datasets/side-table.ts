import { join } from 'node:path';
import type { Fields, Join } from './corpus';
import type { FilePool } from './file-pool';
import { hash53, NumberTable } from './hash';
import { RecordIndex } from './record-index';
import { fileBytes } from './records/file-bytes';
import { type MatchedFile, matchFiles } from './records/match-files';
import type { RecordReader } from './records/record';
import { type FileFormat, recordReader } from './records/record-reader';
import { fill } from './template';

/**
 * A second table by key. Holds numbers only: a hash of each key and where its record lies; the record is read when it is
 * looked up, and its key compared.
 */
export class SideTable {
  private readonly files: { readonly match: MatchedFile; readonly path: string; readonly reader: RecordReader }[] = [];
  private readonly places = new RecordIndex();
  private readonly byKey = new NumberTable();

  private constructor(
    readonly join: Join,
    private readonly pool: FilePool,
  ) {}

  /** Reads the keys of all files of the table; one without any file is empty. */
  static async open(rule: Join, root: string, pool: FilePool, check: () => void): Promise<SideTable> {
    const table = new SideTable(rule, pool);
    for await (const match of matchFiles(root, rule.path)) await table.readKeys(match, join(root, match.path), check);
    return table;
  }

  /** Whether any file of the table was there. */
  get isPresent(): boolean {
    return this.files.length > 0;
  }

  /** The first record under `key`. */
  async get(key: string): Promise<Fields | undefined> {
    for (const number of this.byKey.get(hash53(key))) {
      const { file, start, end, outer } = this.places.get(number);
      const { match, path, reader } = this.files[file] as (typeof this.files)[number];
      const bytes = await this.pool.read(path, start, end);
      const fields = { ...match.groups, ...reader.read(bytes, outer === undefined ? {} : { outer }) };
      if (fill(this.join.key, fields) === key) return fields;
    }
    return undefined;
  }

  private async readKeys(match: MatchedFile, path: string, check: () => void): Promise<void> {
    const reader = recordReader(this.join.format as FileFormat, path);
    const file = this.files.push({ match, path, reader }) - 1;
    for await (const record of reader.scan(fileBytes(path))) {
      check();
      if ('problem' in record) continue; // a row that wants this key reports that there is none
      const key = fill(this.join.key, { ...match.groups, ...record.fields });
      if (key === undefined) continue;
      this.byKey.add(hash53(key), this.places.length);
      this.places.add({ ...record, file, nested: 0 });
    }
  }
}
