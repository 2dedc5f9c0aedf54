import type { TaskId } from '@nano-emox/server/protocol';
import type { TaskOutcome } from 'nano-emox';
import { h } from '../dom';
import { percent } from '../format';

/** One of the six answers: its question, then what the model says, then how sure it is. */
export class AnswerCard {
  private readonly body = h('div', { class: 'card-body' });
  private readonly foot = h('p', { class: 'card-foot' });
  readonly element: HTMLElement;

  constructor(task: TaskId, title: string, question: string) {
    const id = `card-${task}`;
    this.element = h(
      'article',
      { class: 'card', 'data-task': task, 'data-state': 'empty', 'aria-labelledby': id },
      h('h3', { id }, title),
      h('p', { class: 'question' }, question),
      this.body,
      this.foot,
    );
  }

  /** The model is at it; `content` may grow meanwhile. */
  begin(content?: HTMLElement): void {
    this.setState('busy');
    this.body.replaceChildren(...(content ? [content] : []));
    this.foot.replaceChildren();
  }

  /** The answer. One that could not be read is shown as the model wrote it. */
  finish(outcome: TaskOutcome, content: readonly (Node | string)[]): void {
    this.setState('done');
    if (outcome.status === 'parsed') {
      this.body.replaceChildren(...content);
      this.foot.replaceChildren(certainty(outcome.confidence));
      return;
    }
    this.body.replaceChildren(
      h('p', {}, `No answer that can be read. ${outcome.detail}`),
      h('p', { class: 'note' }, `The model wrote: ${outcome.answer.slice(0, 200)}`),
    );
  }

  /** Back to the question alone; an answer under way will not come. */
  reset(): void {
    this.setState('empty');
    this.body.replaceChildren();
    this.foot.replaceChildren();
  }

  private setState(state: 'empty' | 'busy' | 'done'): void {
    this.element.dataset.state = state;
    this.element.setAttribute('aria-busy', String(state === 'busy'));
  }
}

function certainty(confidence: number): HTMLElement {
  const filled = h('span');
  filled.style.width = `${confidence * 100}%`;
  return h(
    'span',
    { class: 'certainty' },
    h('span', { class: 'bar', 'aria-hidden': 'true' }, filled),
    `${percent(confidence)} certain, by its own account`,
  );
}
