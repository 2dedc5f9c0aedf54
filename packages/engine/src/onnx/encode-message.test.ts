import protobuf from 'protobufjs/light.js';
import { expect, it } from 'vitest';
import { encodeMessage, type MessageTable } from './encode-message';

const table = {
  Inner: { fields: { name: { type: 'string', id: 1 }, sizes: { rule: 'repeated', type: 'int64', id: 200 } } },
  Outer: {
    fields: {
      text: { type: 'string', id: 1 },
      raw: { type: 'bytes', id: 2 },
      real: { type: 'float', id: 3 },
      small: { type: 'int32', id: 4 },
      large: { type: 'int64', id: 5 },
      inner: { type: 'Inner', id: 6 },
      inners: { rule: 'repeated', type: 'Inner', id: 7 },
    },
  },
} as const satisfies MessageTable;
const Outer = protobuf.Root.fromJSON({ nested: table }).lookupType('Outer');

it.each([
  {},
  { text: '', raw: new Uint8Array(), real: 0, small: 0, large: 0, inners: [] },
  { text: 'ünïcode 🙂', raw: Uint8Array.of(0, 255, 128), real: -1.5, small: -7, large: -(2 ** 40), inner: {} },
  {
    large: Number.MAX_SAFE_INTEGER,
    inners: [{ name: 'a', sizes: [1, -1, 2 ** 33] }, { sizes: [] }, { name: 'b'.repeat(300) }],
  },
])('writes what the reflection of protobufjs reads back, case %#', (message) => {
  const read = Outer.toObject(Outer.decode(encodeMessage(table, 'Outer', message)), { longs: Number });
  const again = Outer.toObject(Outer.decode(Outer.encode(Outer.fromObject(message)).finish()), { longs: Number });
  expect(read).toEqual(again);
});
