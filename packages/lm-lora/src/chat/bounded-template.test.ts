import { expect, it } from 'vitest';
import { LimitError } from '../within-time';
import { BoundedTemplate } from './bounded-template';

it('stops by the clock what makes few values: one that holds itself many times over is written out', () => {
  const source = `{% set a = ['x'] %}${'{% set a = [a, a] %}'.repeat(40)}{{ a | tojson }}`;
  const startedMs = performance.now();
  expect(() => new BoundedTemplate(source, 100).render({}, 0)).toThrow(LimitError);
  expect(performance.now() - startedMs).toBeLessThan(4_000);
  expect(new BoundedTemplate('{{ 1 + 1 }}', 100).render({}, 0)).toBe('2'); // the next one is not concerned
});

it('lets a template see the functions that templates use, and nothing else', () => {
  const source =
    "{{ range(3) | tojson }}{{ range(5, 1, -2) | tojson }}{{ strftime_now('%Y') | length }}{{ True }}{{ process is defined }}";
  expect(new BoundedTemplate(source).render({}, 0)).toBe('[0, 1, 2][5, 3]4truefalse');
});
