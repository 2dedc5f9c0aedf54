import protobuf from 'protobufjs/minimal.js';

type Scalar = 'string' | 'bytes' | 'float' | 'int32' | 'int64';

/** A field of a protobuf message: its number and its type, a scalar or another message of the table. */
export interface MessageField {
  readonly id: number;
  readonly type: string;
  readonly rule?: 'repeated';
}

/** Messages by name, their fields by name. */
export type MessageTable = Readonly<Record<string, { readonly fields: Readonly<Record<string, MessageField>> }>>;

/** Protobuf's wire types. */
const wireTypes: Readonly<Record<Scalar, number>> = { string: 2, bytes: 2, float: 5, int32: 0, int64: 0 };
/** A message inside another: its length, then its bytes. */
const LENGTH_DELIMITED = 2;

/**
 * Encodes a message by the table, fields that are `undefined` left out. Walks the table instead of compiling a function for each
 * message, as reflection of protobufjs does: a page whose policy forbids `eval` must be able to write a model.
 */
export function encodeMessage(table: MessageTable, type: string, message: object): Uint8Array {
  const writer = protobuf.Writer.create();
  writeFields(writer, table, type, message);
  return writer.finish();
}

function writeFields(writer: protobuf.Writer, table: MessageTable, type: string, message: object): void {
  const values = message as Readonly<Record<string, unknown>>;
  for (const [name, field] of Object.entries(table[type]?.fields ?? {})) {
    const value = values[name];
    if (value === undefined) continue;
    for (const item of field.rule === 'repeated' ? (value as Iterable<unknown>) : [value]) {
      writeItem(writer, table, field, item);
    }
  }
}

function writeItem(writer: protobuf.Writer, table: MessageTable, { id, type }: MessageField, item: unknown): void {
  if (type in table) {
    writer.uint32((id << 3) | LENGTH_DELIMITED).fork();
    writeFields(writer, table, type, item as object);
    writer.ldelim();
    return;
  }
  const scalar = type as Scalar;
  writer.uint32((id << 3) | wireTypes[scalar]);
  (writer[scalar] as (value: unknown) => void).call(writer, item);
}
