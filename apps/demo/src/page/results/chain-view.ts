import { type ChainText, readChain } from '../chain-text';
import { h } from '../dom';

const steps = [
  ['event', 'What happened'],
  ['emotion', 'How it feels'],
  ['cause', 'Why'],
  ['goal', 'What would help'],
] as const satisfies readonly (readonly [keyof ChainText, string])[];

/** The chain of empathy and the response after it, unfolding while they are written. */
export class ChainView {
  private readonly slots = new Map<keyof ChainText, HTMLElement>();
  private readonly response = h('blockquote', { class: 'response', hidden: true });
  private text = '';
  readonly element: HTMLElement;

  constructor() {
    const items = steps.map(([key, label]) => {
      const slot = h('span', { class: 'chain-text' });
      this.slots.set(key, slot);
      return h('li', {}, h('span', { class: 'chain-label' }, label), slot);
    });
    this.element = h('div', { class: 'chain-box' }, h('ol', { class: 'chain' }, ...items), this.response);
  }

  /** The next piece of the answer as the model writes it. */
  append(text: string): void {
    this.text += text;
    this.show(readChain(this.text));
  }

  /** What the answer came to. */
  show(chain: ChainText): void {
    for (const [key, slot] of this.slots) {
      slot.textContent = chain[key];
      slot.parentElement?.classList.toggle('filled', chain[key] !== '');
    }
    this.response.hidden = chain.response === '';
    this.response.textContent = chain.response;
  }
}
