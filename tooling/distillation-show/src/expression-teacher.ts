import { existsSync } from 'node:fs';
import { alignTeacher, readTeacherTable, writeTeacherTable } from '@nano-emox/distillation';
import { type FloatTensor, floatTensor } from '@nano-emox/tensor-contract';
import { openExpressionNetwork } from './expression-network';
import { classes, type Face, nameOf } from './faces';

/** Pictures that the network is asked about between two writes: half a minute of its time. */
const SAVED_PICTURES = 512;

/** What tables that were made for our own labels call the classes of FER2013. */
const rename = { anger: 'angry' };

/**
 * Logits of the expression network: those that a table has are read, the network is asked about the others and what it says is
 * kept, so that nothing is asked twice, after a kill either.
 */
export class ExpressionTeacher {
  private network: ReturnType<typeof openExpressionNetwork> | undefined;

  private constructor(
    private readonly path: string,
    private readonly known: Map<string, Float32Array>,
  ) {}

  /**
   * @param path table that is kept; read where it exists
   * @param tables further ones to read
   */
  static async open(path: string, tables: readonly string[]): Promise<ExpressionTeacher> {
    const known = new Map<string, Float32Array>();
    for (const table of [...tables, ...(existsSync(path) ? [path] : [])]) {
      const { ids = [], ...read } = await readTeacherTable(table);
      const { data } = alignTeacher(read, { classes, rename });
      for (const [row, id] of ids.entries())
        known.set(id, data.slice(row * classes.length, (row + 1) * classes.length));
    }
    return new ExpressionTeacher(path, known);
  }

  /** Logits `[faces, classes]`. @param onAsked how many of how many unknown pictures the network was asked about */
  async logits(faces: readonly Face[], onAsked: (asked: number, unknown: number) => void): Promise<FloatTensor> {
    const named = await Promise.all(faces.map(async (face) => ({ face, name: await nameOf(face) })));
    const unknown = [
      ...new Map(named.filter(({ name }) => !this.known.has(name)).map((each) => [each.name, each])).values(),
    ];
    for (let start = 0; start < unknown.length; start += SAVED_PICTURES) {
      const part = unknown.slice(start, start + SAVED_PICTURES);
      await this.ask(part);
      onAsked(start + part.length, unknown.length);
    }
    return joined(named.map(({ name }) => this.known.get(name) as Float32Array));
  }

  private async ask(part: readonly { readonly face: Face; readonly name: string }[]): Promise<void> {
    this.network ??= openExpressionNetwork();
    const { data } = await (await this.network)(part.map(({ face }) => face));
    for (const [row, { name }] of part.entries()) {
      this.known.set(name, data.slice(row * classes.length, (row + 1) * classes.length));
    }
    await writeTeacherTable(this.path, {
      classes,
      ids: [...this.known.keys()],
      logits: joined([...this.known.values()]),
    });
  }
}

function joined(rows: readonly Float32Array[]): FloatTensor {
  const data = new Float32Array(rows.length * classes.length);
  for (const [row, logits] of rows.entries()) data.set(logits, row * classes.length);
  return floatTensor(data, [rows.length, classes.length]);
}
