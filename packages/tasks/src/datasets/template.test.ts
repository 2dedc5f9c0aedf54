import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldOf, fill } from './template';

describe('fill', () => {
  it.each([
    ['{a}_{b}', { a: 'x', b: 2 }, 'x_2'],
    ['{clip_id:4}.mp4', { clip_id: '7' }, '0007.mp4'],
    ['{clip:4}', { 'clip:4': 'named so' }, 'named so'],
    ['{Sr No.}', { 'Sr No.': '12' }, '12'],
    ['{turn.who.name}', { turn: { who: { name: 'Ana' } } }, 'Ana'],
    ['{messages.1.content}', { messages: [{}, { content: 'yes' }] }, 'yes'],
    ['{list}', { list: ['a', 'b'] }, 'a, b'],
    ['{absent}', { a: 1 }, undefined],
    ['{nested}', { nested: {} }, undefined],
    ['{nothing}', { nothing: null }, undefined],
    ['no field', {}, 'no field'],
  ])('%s', (template, fields, expected) => {
    expect(fill(template, fields)).toBe(expected);
  });

  it('inserts values as they are, whatever they hold', () => {
    fc.assert(fc.property(fc.string(), (value) => fill('<{a}>', { a: value }) === `<${value}>`));
  });
});

it('fieldOf sees own members only', () => {
  expect(fieldOf('constructor', {})).toBeUndefined();
  expect(fieldOf('constructor.name', {})).toBeUndefined();
  expect(fieldOf('__proto__', JSON.parse('{"__proto__":1}'))).toBe(1);
});
