import type { Turn } from '@nano-emox/server/protocol';
import type { TaskOutcome } from 'nano-emox';
import { respond } from './api';
import { h } from './dom';
import { ChainView } from './results/chain-view';
import { placeOf } from './results/wheel-words';

/** Earlier turns that are sent along; the model reads no more with profit. */
const MAX_HISTORY = 6;
const WORDS_CHARS = 1000;

/** What the conversation tells the page. */
export interface ConversationListener {
  readonly status: (text: string) => void;
  readonly fault: (error: unknown) => void;
}

/** A turn with the emotion that the model saw in it, for the timeline and the report. */
export interface SaidTurn extends Turn {
  readonly emotion?: string;
}

/** The conversation that follows the first response, with the emotions along it. */
export class Conversation {
  private readonly log = h('ol', { class: 'turns', 'aria-label': 'The conversation so far' });
  private readonly timeline = h('ol', { class: 'timeline', 'aria-label': 'Emotions along the conversation' });
  private readonly input = h('textarea', {
    id: 'say',
    'aria-describedby': 'say-note',
    rows: 2,
    maxlength: WORDS_CHARS,
    autocomplete: 'off',
  });
  private readonly send = h('button', { type: 'submit', class: 'primary' }, 'Say it');
  private readonly form = h(
    'form',
    { class: 'say', 'data-report': 'no' },
    h('label', { for: 'say' }, 'Go on, as the person in the clip'),
    this.input,
    h(
      'p',
      { class: 'note', id: 'say-note' },
      'The tiny model learned single answers; in a conversation it soon loses the thread.',
    ),
    this.send,
  );
  readonly element = h(
    'div',
    { class: 'conversation', hidden: true },
    h('h3', {}, 'The conversation'),
    this.timeline,
    this.log,
    this.form,
  );
  private turns: SaidTurn[] = [];
  private clipId: string | undefined;
  private leaving = new AbortController();

  constructor(private readonly listener: ConversationListener) {
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = this.input.value.trim();
      if (text !== '' && !this.send.disabled) void this.say(text);
    });
    this.input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.form.requestSubmit();
    });
  }

  /** Everything said so far, oldest first. */
  get said(): readonly SaidTurn[] {
    return this.turns;
  }

  /** Forgets what was said. */
  clear(): void {
    this.leaving.abort();
    this.leaving = new AbortController();
    this.turns = [];
    this.clipId = undefined;
    this.element.hidden = true;
    this.send.disabled = false;
    this.log.replaceChildren();
    this.timeline.replaceChildren();
  }

  /** Goes on from the words of a clip and the first response to them. */
  begin(clipId: string | undefined, words: string, outcome: TaskOutcome | undefined): void {
    this.clear();
    if (outcome?.status !== 'parsed' || !('chainOfEmpathy' in outcome.value)) return;
    const { chainOfEmpathy, response } = outcome.value;
    this.clipId = clipId;
    if (words !== '') this.turns.push({ role: 'speaker', utterance: words });
    this.turns.push({ role: 'listener', utterance: response, emotion: chainOfEmpathy.speakerEmotion });
    this.mark('clip', chainOfEmpathy.speakerEmotion);
    this.element.hidden = false;
  }

  private async say(text: string): Promise<void> {
    const { signal } = this.leaving;
    const history = this.turns.slice(-MAX_HISTORY).map(({ role, utterance }) => ({ role, utterance }));
    const chain = new ChainView();
    const note = h('p', { class: 'note' });
    const answer = h(
      'li',
      { class: 'turn listener', 'aria-busy': 'true' },
      h('p', { class: 'turn-role' }, 'Model'),
      chain.element,
      note,
    );
    const question = h(
      'li',
      { class: 'turn speaker' },
      h('p', { class: 'turn-role' }, 'You'),
      h('p', { class: 'turn-text' }, text),
    );
    this.log.append(question, answer);
    this.send.disabled = true;
    this.input.value = '';
    this.listener.status('Thinking about what you said.');
    try {
      const request = { dialogue: { history, input: text }, ...(this.clipId !== undefined && { clipId: this.clipId }) };
      for await (const event of respond(request, signal)) {
        if (event.type === 'respond-start' && !event.withClip) {
          note.textContent = 'The server no longer holds the clip; this answer rests on the words alone.';
        } else if (event.type === 'respond-delta') chain.append(event.text);
        else if (event.type === 'respond-end') this.keep(text, event.outcome, chain, note);
      }
    } catch (error) {
      if (signal.aborted) return;
      question.remove();
      answer.remove();
      this.input.value = text;
      this.listener.fault(error);
    } finally {
      answer.setAttribute('aria-busy', 'false');
      if (!signal.aborted) this.send.disabled = false;
    }
  }

  private keep(text: string, outcome: TaskOutcome<'erg'>, chain: ChainView, note: HTMLElement): void {
    if (outcome.status === 'unparsed') {
      note.textContent = `No answer that can be read. ${outcome.detail}`;
      this.listener.status('The model gave no answer that can be read.');
      return;
    }
    const { chainOfEmpathy, response } = outcome.value;
    const { eventScenario, speakerEmotion, emotionCause, goalToResponse } = chainOfEmpathy;
    chain.show({ event: eventScenario, emotion: speakerEmotion, cause: emotionCause, goal: goalToResponse, response });
    this.turns.push(
      { role: 'speaker', utterance: text },
      { role: 'listener', utterance: response, emotion: speakerEmotion },
    );
    this.mark(String(this.timeline.childElementCount), speakerEmotion);
    this.listener.status(`The model answers: ${response}`);
  }

  /** One more emotion on the timeline: pleasant ones sit high, unpleasant ones low. */
  private mark(when: string, emotion: string): void {
    this.timeline.append(
      h(
        'li',
        { 'data-height': heightOf(emotion) },
        h('span', { class: 'timeline-word' }, emotion),
        h('span', { class: 'timeline-when' }, when === 'clip' ? 'in the clip' : `turn ${when}`),
      ),
    );
  }
}

function heightOf(emotion: string): 'high' | 'middle' | 'low' {
  const family = placeOf(emotion)?.family;
  if (family === 'joy' || family === 'trust') return 'high';
  return family === undefined || family === 'surprise' || family === 'anticipation' ? 'middle' : 'low';
}
