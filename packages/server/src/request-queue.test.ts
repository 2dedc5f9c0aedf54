import { expect, it } from 'vitest';
import { RequestQueue } from './request-queue';

const { signal } = new AbortController();

it('gives turns in the order in which they were asked for, without a gap for newcomers', async () => {
  const queue = new RequestQueue({ running: 1, waiting: 3 });
  const order: string[] = [];
  const [first, second, third] = [queue.enter(), queue.enter(), queue.enter()];
  await first.turn(signal);
  const turns = [
    second.turn(signal).then(() => order.push('second')),
    third.turn(signal).then(() => order.push('third')),
  ];
  expect(third.ahead()).toBe(3);
  first.leave();
  first.leave(); // once is enough, twice does no harm
  const late = queue.enter();
  turns.push(late.turn(signal).then(() => order.push('late')));
  expect(queue.load).toEqual({ running: 1, waiting: 2 });
  await turns[0];
  second.leave();
  await turns[1];
  third.leave();
  await turns[2];
  expect(order).toEqual(['second', 'third', 'late']);
  late.leave();
  expect(queue.load).toEqual({ running: 0, waiting: 0 });
});

it('forgets whoever gives up waiting', async () => {
  const queue = new RequestQueue({ running: 1, waiting: 2 });
  const [first, second, third] = [queue.enter(), queue.enter(), queue.enter()];
  await first.turn(signal);
  const leaving = new AbortController();
  const given = second.turn(leaving.signal);
  const next = third.turn(signal);
  leaving.abort(new Error('gone'));
  await expect(given).rejects.toThrow('gone');
  second.leave();
  first.leave();
  await next;
  third.leave();
  expect(queue.load).toEqual({ running: 0, waiting: 0 });
  await expect(queue.enter().turn(AbortSignal.abort())).rejects.toThrow();
});

it('turns away one more than it has places for', () => {
  const queue = new RequestQueue({ running: 1, waiting: 1 });
  const place = queue.enter();
  queue.enter();
  expect(() => queue.enter()).toThrow(expect.objectContaining({ status: 429, code: 'BUSY' }));
  place.leave();
  expect(() => queue.enter()).not.toThrow();
});
