import type { AnalyzeEvent, ErrorEvent, TaskId } from '@nano-emox/server/protocol';
import type { EmotionMoment, TaskOutcome } from 'nano-emox';
import { h } from '../dom';
import { signed } from '../format';
import { AnswerCard } from './answer-card';
import { ChainView } from './chain-view';
import { EmotionTimeline } from './emotion-timeline';
import { emotionWheel } from './emotion-wheel';
import { evidenceFacts, modalityText } from './evidence-facts';
import { filmStrip, markFrame, nameFrame } from './film-strip';
import { gateBars } from './gate-bars';
import { valenceMeter } from './valence-meter';

const questions: Readonly<Record<TaskId, readonly [title: string, question: string]>> = {
  msa: ['Sentiment', 'How pleasant or unpleasant does it come across?'],
  mer: ['Emotion', 'Which of seven basic emotions is it closest to?'],
  ovMer: ['In other words', 'Which words describe it, without a list to choose from?'],
  eri: ['The reason', 'What in face, voice and words speaks for it?'],
  mir: ['Intent', 'What does the person seem to be doing?'],
  erg: ['Empathy', 'What happened, how does it feel, why, and what would help?'],
};

/** The sheet of answers: what the model looked at, then six cards that fill while it works. */
export class AnswerSheet {
  private readonly evidence = h('div', { class: 'evidence' });
  private readonly cards: Readonly<Record<TaskId, AnswerCard>>;
  private chain = new ChainView();
  private film: HTMLElement | undefined;
  private timeline: EmotionTimeline | undefined;
  private words = '';

  constructor(root: HTMLElement, conversation: HTMLElement) {
    const ids = Object.keys(questions) as TaskId[];
    this.cards = Object.fromEntries(ids.map((id) => [id, new AnswerCard(id, ...questions[id])])) as typeof this.cards;
    const { msa, mer, ovMer, eri, mir, erg } = this.cards;
    root.append(
      level('looked', 'What it looked at', this.evidence),
      level('perception', 'What it perceives', grid(mer, msa, ovMer)),
      level('understanding', 'How it understands it', grid(eri, mir)),
      level('interaction', 'How one might answer', erg.element, conversation),
    );
    this.clear();
  }

  /** Empties the sheet for a clip with these words. */
  clear(words = ''): void {
    this.words = words;
    for (const card of Object.values(this.cards)) card.reset();
    this.film = undefined;
    this.timeline = undefined;
    const empty = 'Frames, face, voice and the weights of the fusion appear here.';
    this.evidence.replaceChildren(h('p', { class: 'note' }, empty));
  }

  /** Follows an analysis. */
  show(event: Exclude<AnalyzeEvent, ErrorEvent>): void {
    if (event.type === 'clip-read') {
      const strip = filmStrip(event.evidence, event.frames);
      this.film = strip;
      this.timeline = new EmotionTimeline(({ frame }) => strip && markFrame(strip, frame));
      const facts = evidenceFacts(event.evidence, this.words);
      this.evidence.replaceChildren(...(strip ? [strip] : []), this.timeline.element, facts);
    } else if (event.type === 'clip-encoded') {
      this.evidence.append(fusion(event.gate, modalityText(event.modalities, this.words)));
    } else if (event.type === 'timeline-moment') {
      this.follow(event.moment);
    } else if (event.type === 'task-start') {
      this.begin(event.task);
    } else if (event.type === 'task-delta' && event.task === 'erg') {
      this.chain.append(event.text);
    } else if (event.type === 'task-end') {
      this.cards[event.task].finish(event.outcome, this.contentOf(event.outcome));
    }
  }

  /** What follows the six answers: the emotion along the clip, below the frames. */
  private follow(moment: EmotionMoment): void {
    this.timeline?.add(moment);
    if (this.film && moment.frame !== undefined) nameFrame(this.film, moment.frame, moment.emotion);
  }

  /** The work was given up: answers under way go back to their questions. */
  giveUp(): void {
    for (const card of Object.values(this.cards)) if (card.element.dataset.state === 'busy') card.reset();
  }

  private begin(task: TaskId): void {
    if (task === 'erg') this.chain = new ChainView();
    this.cards[task].begin(task === 'erg' ? this.chain.element : undefined);
  }

  private contentOf(outcome: TaskOutcome): (Node | string)[] {
    if (outcome.status === 'unparsed') return [];
    const { value } = outcome;
    if ('valence' in value)
      return [h('p', { class: 'big' }, value.sentiment), valenceMeter(value.valence), valenceText(value.valence)];
    if ('emotion' in value) return [h('p', { class: 'big' }, value.emotion)];
    if ('reason' in value) {
      return [
        h('p', { class: 'reason' }, value.reason),
        h('ul', { class: 'words' }, ...value.emotions.map((word) => h('li', {}, word))),
      ];
    }
    if ('emotions' in value) return [emotionWheel(value.emotions)];
    if ('intent' in value) return [h('p', { class: 'big' }, value.intent)];
    const { eventScenario, speakerEmotion, emotionCause, goalToResponse } = value.chainOfEmpathy;
    const { response } = value;
    this.chain.show({
      event: eventScenario,
      emotion: speakerEmotion,
      cause: emotionCause,
      goal: goalToResponse,
      response,
    });
    return [this.chain.element];
  }
}

function valenceText(valence: number): HTMLElement {
  return h('p', { class: 'note' }, `Valence ${signed(valence)}, from −1 unpleasant to +1 pleasant`);
}

function fusion(gate: readonly number[] | undefined, basis: string): HTMLElement {
  return h(
    'div',
    { class: 'fusion' },
    h('h3', {}, 'How picture and sound were fused'),
    gate
      ? h('p', { class: 'note' }, 'Weight of each of the three experts, by the depth of the features they join.')
      : h('p', { class: 'note' }, 'Not fused: that needs both picture and sound.'),
    gate ? gateBars(gate) : undefined,
    h('p', { class: 'note' }, basis),
  );
}

function level(name: string, title: string, ...content: readonly HTMLElement[]): HTMLElement {
  const id = `level-${name}`;
  return h(
    'section',
    { class: `level level-${name}`, 'aria-labelledby': id },
    h('h2', { id }, title),
    h('div', { class: 'level-body' }, ...content),
  );
}

function grid(...cards: readonly AnswerCard[]): HTMLElement {
  return h('div', { class: 'cards' }, ...cards.map(({ element }) => element));
}
