import { InvalidFileError } from '@nano-emox/tensor-contract';
import { Tokenizer, TokenParser, TokenType } from '@streamparser/json';
import type { Fields } from '../corpus';
import { bomLength } from './file-bytes';
import { LineCounter } from './line-counter';
import { objectFields } from './lines';
import { encodingProblem, maxRecordBytes, type RecordPlace, type RecordReader, type ScannedRecord } from './record';

/** A member of a JSON file, whole: parsed while the file is read, so that memory holds one at a time. */
interface Member {
  readonly start: number;
  readonly end: number;
  readonly key: string | undefined;
  readonly outer: string | undefined;
  readonly value: unknown;
}

/** Members of one array or object, or of those inside it (`depth` 2). Object keys become the fields `$0` and `$1`. */
export class JsonMemberReader implements RecordReader {
  constructor(
    private readonly depth: 1 | 2,
    private readonly path: string,
  ) {}

  async *scan(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ScannedRecord> {
    const lines = new LineCounter();
    const members = new MemberParser(this.depth);
    let offset = 0;
    try {
      for await (const chunk of chunks) {
        const bom = offset === 0 ? bomLength(chunk) : 0;
        lines.push(chunk);
        members.write(chunk.subarray(bom), offset + bom);
        offset += chunk.length;
        for (const member of members.take()) {
          const line = lines.lineAt(member.start);
          yield this.toRecord(member, line, () => lines.bytesUpTo(member.end));
        }
        if (members.openBytes(offset) > maxRecordBytes)
          throw new Error(`a member is longer than ${maxRecordBytes} bytes`);
      }
      members.end();
    } catch (cause) {
      throw this.damaged(cause, lines.lineAt(members.position));
    }
  }

  read(bytes: Uint8Array, { outer }: Pick<RecordPlace, 'outer'>): Fields {
    const text = Buffer.from(bytes).toString('utf8');
    const isKeyed = text.startsWith('"'); // a member of an object, with its key before it
    const [key, value] = isKeyed ? (Object.entries(JSON.parse(`{${text}}`))[0] ?? []) : [undefined, JSON.parse(text)];
    const parsed = this.fieldsOf({ key, outer, value }, () => bytes);
    if ('problem' in parsed) throw new Error(parsed.problem);
    return parsed.fields;
  }

  private toRecord(member: Member, line: number, bytes: () => Uint8Array): ScannedRecord {
    const { start, end, outer } = member;
    return { line, start, end, ...(outer === undefined ? {} : { outer }), ...this.fieldsOf(member, bytes) };
  }

  private fieldsOf({ key, outer, value }: Pick<Member, 'key' | 'outer' | 'value'>, bytes: () => Uint8Array) {
    const parsed = objectFields(value);
    if ('problem' in parsed) return parsed;
    const problem = encodingProblem(JSON.stringify(value), bytes);
    if (problem) return { problem };
    const keys = this.depth === 1 ? { $0: key } : { $0: outer, $1: key };
    return { fields: { ...parsed.fields, ...keys } };
  }

  private damaged(cause: unknown, line: number): Error {
    if (cause instanceof InvalidFileError) return cause;
    return new InvalidFileError({
      message: `${this.path}:${line}: the JSON is damaged here or ends too soon`,
      hint: 'What comes behind cannot be read. Fetch the file anew, or look at the line.',
      path: this.path,
      cause,
    });
  }
}

/** Follows the tokens of a JSON text for the offsets, and lets the token parser build the members. */
class MemberParser {
  /** Offset of the last token. */
  position = 0;
  private readonly tokenizer = new Tokenizer();
  private readonly parser: TokenParser;
  private members: Member[] = [];
  private depth = 0;
  /** Of the member that is open or was just closed: first byte, its key's first byte when it has one. */
  private start = 0;
  private keyStart: number | undefined;
  private base: number | undefined;

  constructor(private readonly memberDepth: 1 | 2) {
    this.parser = new TokenParser({ paths: [memberDepth === 1 ? '$.*' : '$.*.*'], keepStack: false });
    this.parser.onValue = ({ value, key, stack }) => {
      const isKeyed = typeof key === 'string';
      this.members.push({
        start: isKeyed ? (this.keyStart ?? this.start) : this.start,
        end: this.position + 1,
        key: isKeyed ? key : undefined,
        outer: this.memberDepth === 2 ? String(stack[1]?.key) : undefined,
        value,
      });
    };
    this.tokenizer.onToken = (token) => {
      this.position = token.offset + (this.base ?? 0);
      this.track(token.token);
      this.parser.write(token);
    };
    const fail = (error: Error) => {
      throw error;
    };
    this.tokenizer.onError = fail;
    this.parser.onError = fail;
    this.parser.onEnd = () => {}; // the default closes what still counts offsets
  }

  /** @param offset of the first byte in the file */
  write(bytes: Uint8Array, offset: number): void {
    this.base ??= offset;
    this.tokenizer.write(bytes);
  }

  take(): readonly Member[] {
    const members = this.members;
    this.members = [];
    return members;
  }

  /** How much of a member, or of a single token, has been read up to `offset`. */
  openBytes(offset: number): number {
    return offset - (this.depth > this.memberDepth ? this.start : this.position);
  }

  end(): void {
    if (!this.parser.isEnded) throw new Error('the text ends inside a value');
  }

  private track(token: TokenType): void {
    if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) this.depth--;
    else if (this.depth === this.memberDepth) this.trackMember(token);
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) this.depth++;
  }

  /** A string before a colon is the key; whatever else begins a value. */
  private trackMember(token: TokenType): void {
    if (token === TokenType.COMMA) this.keyStart = undefined;
    else if (token === TokenType.COLON) this.keyStart = this.start;
    else this.start = this.position;
  }
}
