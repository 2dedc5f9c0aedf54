import { fileProblem } from '../file-problem';
import { setNumpyState } from './numpy-scalar';
import { ByteCursor } from './pickle-cursor';
import { knownGlobal, plainKey, storageOf } from './pickle-globals';
import { NumpyType, type PickledStorage, PickleGlobal, PickleProblem, type PickleValue, refuse } from './pickle-values';

/** Most instructions that are followed: each makes at most one object. Checkpoints of 2 B models have some 100,000. */
const MAX_INSTRUCTIONS = 4_000_000;

/** A pickle read. */
export interface PickleContent {
  readonly value: PickleValue;
  /** Where it ends in the bytes given. */
  readonly endOffset: number;
  /** Storages that it refers to, in order of appearance. */
  readonly storages: readonly PickledStorage[];
}

/**
 * Reads a pickle (protocols 2 to 5) as torch.save writes it: tensors, dictionaries, lists, tuples, numbers, texts and bytes.
 * Nothing is executed: functions and classes are looked up in a short list of names and done by code of this package.
 * Work and memory are bounded by the number of instructions, whatever they say.
 * @throws InvalidFileError on any other name, any other instruction, and damage
 * @see Lib/pickletools.py of CPython, which documents every instruction
 */
export function readPickle(bytes: Uint8Array, path: string, startOffset = 0): PickleContent {
  try {
    return new PickleReader(bytes, startOffset).read();
  } catch (error) {
    if (!(error instanceof PickleProblem)) throw error;
    throw fileProblem(
      path,
      `not a checkpoint that can be read safely: ${error.message}`,
      'Only tensors and plain values are read, and nothing is executed. Save the state dict alone: torch.save(model.state_dict(), …).',
      error,
    );
  }
}

class PickleReader {
  private readonly cursor: ByteCursor;
  private readonly stack: PickleValue[] = [];
  /** Heights of the stack at each mark. */
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private readonly storages: PickledStorage[] = [];

  constructor(bytes: Uint8Array, startOffset: number) {
    this.cursor = new ByteCursor(bytes, startOffset);
  }

  read(): PickleContent {
    for (let count = 0; count < MAX_INSTRUCTIONS; count++) {
      const opcode = String.fromCharCode(this.cursor.uint8());
      if (opcode === '.') return { value: this.pop(), endOffset: this.cursor.offset, storages: this.storages };
      const instruction = instructions.get(opcode);
      if (instruction === undefined) {
        return refuse(
          `instruction 0x${opcode.charCodeAt(0).toString(16)} at byte ${this.cursor.offset - 1} is not read`,
        );
      }
      instruction(this, this.cursor);
    }
    return refuse(`it has more than ${MAX_INSTRUCTIONS} instructions`);
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    if (this.stack.length <= (this.marks.at(-1) ?? 0)) return refuse('it takes more values than it gave');
    return this.stack.pop() as PickleValue;
  }

  top(): PickleValue {
    const value = this.pop();
    this.push(value);
    return value;
  }

  mark(): void {
    this.marks.push(this.stack.length);
  }

  /** The values above the last mark, in order. */
  popMarked(): PickleValue[] {
    const height = this.marks.pop();
    return height === undefined ? refuse('it ends a group that it did not begin') : this.stack.splice(height);
  }

  /** The topmost values, in the order in which they were pushed. */
  popValues(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  remember(slot: number): void {
    this.memo.set(slot, this.top());
  }

  memoize(): void {
    this.remember(this.memo.size);
  }

  recall(slot: number): void {
    const value = this.memo.get(slot);
    this.push(value === undefined ? refuse(`it recalls slot ${slot}, which is empty`) : value);
  }

  append(values: readonly PickleValue[]): void {
    const list = this.top();
    if (!Array.isArray(list) || Object.isFrozen(list)) refuse('it appends to something else than a list');
    for (const value of values) list.push(value);
  }

  setItems(values: readonly PickleValue[]): void {
    const map = this.top();
    if (!(map instanceof Map) || values.length % 2 !== 0) refuse('it sets items of something else than a dictionary');
    for (let index = 0; index < values.length; index += 2) {
      map.set(plainKey(values[index]), values[index + 1] as PickleValue);
    }
  }

  nameGlobal([module, name]: readonly PickleValue[]): void {
    if (typeof module !== 'string' || typeof name !== 'string') refuse('it names something without a name');
    this.push(knownGlobal(module, name));
  }

  reduce(): void {
    const [callee, args] = this.popValues(2);
    if (!(callee instanceof PickleGlobal) || callee.call === undefined) refuse('it calls what cannot be called');
    if (!Array.isArray(args)) refuse(`it calls ${callee.name} without arguments`);
    this.push(callee.call(args));
  }

  /** Attributes of an OrderedDict (torch keeps versions of modules there) are dropped; any other object would be code. */
  build(): void {
    const state = this.pop();
    const target = this.top();
    if (target instanceof NumpyType) setNumpyState(target, state);
    else if (!(target instanceof Map && state instanceof Map)) refuse('it sets attributes of an object');
  }

  loadStorage(): void {
    const storage = storageOf(this.pop());
    this.storages.push(storage);
    this.push(storage);
  }
}

type Instruction = (reader: PickleReader, cursor: ByteCursor) => void;

const pushing =
  (read: (cursor: ByteCursor) => PickleValue): Instruction =>
  (reader, cursor) =>
    reader.push(read(cursor));

/** All instructions that are read, by opcode. */
const instructions: ReadonlyMap<string, Instruction> = new Map<string, Instruction>([
  ['\x80', (_, cursor) => cursor.protocol()], // PROTO
  ['\x95', (_, cursor) => void cursor.bytes(8)], // FRAME: its length, a hint for readers of streams
  ['N', pushing(() => null)], // NONE
  ['\x88', pushing(() => true)], // NEWTRUE
  ['\x89', pushing(() => false)], // NEWFALSE
  ['J', pushing((cursor) => cursor.int32())], // BININT
  ['K', pushing((cursor) => cursor.uint8())], // BININT1
  ['M', pushing((cursor) => cursor.uint16())], // BININT2
  ['\x8a', pushing((cursor) => cursor.integer(cursor.uint8()))], // LONG1
  ['G', pushing((cursor) => cursor.float64())], // BINFLOAT
  ['\x8c', pushing((cursor) => cursor.text(cursor.uint8()))], // SHORT_BINUNICODE
  ['X', pushing((cursor) => cursor.text(cursor.uint32()))], // BINUNICODE
  ['U', pushing((cursor) => cursor.text(cursor.uint8()))], // SHORT_BINSTRING: text of Python 2
  ['T', pushing((cursor) => cursor.text(cursor.uint32()))], // BINSTRING
  ['C', pushing((cursor) => cursor.bytes(cursor.uint8()).slice())], // SHORT_BINBYTES
  ['B', pushing((cursor) => cursor.bytes(cursor.uint32()).slice())], // BINBYTES
  [']', pushing(() => [])], // EMPTY_LIST
  ['}', pushing(() => new Map())], // EMPTY_DICT
  [')', pushing(() => Object.freeze([]))], // EMPTY_TUPLE
  ['(', (reader) => reader.mark()], // MARK
  ['t', (reader) => reader.push(Object.freeze(reader.popMarked()))], // TUPLE
  ['\x85', (reader) => reader.push(Object.freeze(reader.popValues(1)))], // TUPLE1
  ['\x86', (reader) => reader.push(Object.freeze(reader.popValues(2)))], // TUPLE2
  ['\x87', (reader) => reader.push(Object.freeze(reader.popValues(3)))], // TUPLE3
  ['a', (reader) => reader.append(reader.popValues(1))], // APPEND
  ['e', (reader) => reader.append(reader.popMarked())], // APPENDS
  ['s', (reader) => reader.setItems(reader.popValues(2))], // SETITEM
  ['u', (reader) => reader.setItems(reader.popMarked())], // SETITEMS
  ['0', (reader) => void reader.pop()], // POP
  ['1', (reader) => void reader.popMarked()], // POP_MARK
  ['q', (reader, cursor) => reader.remember(cursor.uint8())], // BINPUT
  ['r', (reader, cursor) => reader.remember(cursor.uint32())], // LONG_BINPUT
  ['\x94', (reader) => reader.memoize()], // MEMOIZE
  ['h', (reader, cursor) => reader.recall(cursor.uint8())], // BINGET
  ['j', (reader, cursor) => reader.recall(cursor.uint32())], // LONG_BINGET
  ['c', (reader, cursor) => reader.nameGlobal([cursor.line(), cursor.line()])], // GLOBAL
  ['\x93', (reader) => reader.nameGlobal(reader.popValues(2))], // STACK_GLOBAL
  ['Q', (reader) => reader.loadStorage()], // BINPERSID
  ['R', (reader) => reader.reduce()], // REDUCE
  ['b', (reader) => reader.build()], // BUILD
]);
