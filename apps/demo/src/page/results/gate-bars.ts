import { h } from '../dom';
import { percent } from '../format';

const names = ['shallow', 'middle', 'deep'];

/** Weights of the fusion experts, shallow to deep. */
export function gateBars(gate: readonly number[]): HTMLElement {
  return h(
    'dl',
    { class: 'bars' },
    ...gate.map((weight, index) => {
      const filled = h('span');
      filled.style.width = `${weight * 100}%`;
      const name = gate.length === names.length ? names[index] : `expert ${index + 1}`;
      return h(
        'div',
        {},
        h('dt', {}, name),
        h(
          'dd',
          {},
          h('span', { class: 'bar', 'aria-hidden': 'true' }, filled),
          h('span', { class: 'figure' }, percent(weight)),
        ),
      );
    }),
  );
}
