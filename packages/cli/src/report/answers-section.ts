import { type AnyTaskId, type AnyTaskValues, allTaskIds, taskOf } from '@nano-emox/tasks';
import type { EmotionDecision, TaskOutcome } from 'nano-emox';
import type { AnyOutcomes } from '../analyze/analyzed-text';
import type { ReportPage, ReportStyle } from './page';
import { percent, signed } from './quantities';
import { printable } from './wrap-text';

const labels: Readonly<Record<AnyTaskId, string>> = {
  msa: 'Sentiment',
  mer: 'Emotion',
  ovMer: 'In own words',
  eri: 'Why',
  mir: 'Intent',
  erg: 'Empathy',
  eiReg: 'Intensity',
  eiOc: 'Level',
  vReg: 'Valence',
  vOc: 'Valence class',
  eC: 'Emotions',
};

/** Levels of EI-oc in words. */
const levelNames = ['none', 'low', 'moderate', 'high'];

type Writers = {
  readonly [Id in AnyTaskId]: (
    page: ReportPage,
    value: AnyTaskValues[Id],
    note: string,
    style: Pick<ReportStyle, 'colors'>,
  ) => void;
};

/** A row or more for each kind of value. */
const writers: Writers = {
  msa: (page, { sentiment, valence }, note, { colors }) =>
    page.row(labels.msa, `${sentiment}, ${signed(valence)} on a scale from −1 to +1`, { note, paint: colors.bold }),
  mer: (page, { emotion }, note, { colors }) => page.row(labels.mer, emotion, { note, paint: colors.bold }),
  ovMer: (page, { emotions }, note) => page.row(labels.ovMer, printable(emotions.join(', ')), { note }),
  eri: (page, { reason, emotions }, note) => {
    page.row(labels.eri, printable(reason), { note });
    if (emotions.length > 0) page.row('', `So: ${printable(emotions.join(', '))}`);
  },
  mir: (page, { intent }, note) => page.row(labels.mir, printable(intent), { note }),
  erg: (page, { chainOfEmpathy: chain, response }, note, { colors }) => {
    const indent = 4;
    page.row(labels.erg, '', { note });
    page.row('event', printable(chain.eventScenario), { indent });
    page.row('emotion', printable(chain.speakerEmotion), { indent });
    page.row('cause', printable(chain.emotionCause), { indent });
    page.row('goal', printable(chain.goalToResponse), { indent });
    page.row('response', `“${printable(response)}”`, { indent, paint: colors.bold });
  },
  eiReg: (page, { emotion, intensity }, note) =>
    page.row(labels.eiReg, `${printable(emotion)}, ${intensity.toFixed(2)} on a scale from 0 to 1`, { note }),
  eiOc: (page, { emotion, level }, note) =>
    page.row(labels.eiOc, `${printable(emotion)}, ${level} of 3: ${levelNames[level]}`, { note }),
  vReg: (page, { valence }, note) => page.row(labels.vReg, `${valence.toFixed(2)} on a scale from 0 to 1`, { note }),
  vOc: (page, { valenceClass }, note) =>
    page.row(labels.vOc, `${wholeSigned(valenceClass)} on a scale from −3 to +3`, { note }),
  eC: (page, { emotions }, note) =>
    page.row(labels.eC, emotions.length > 0 ? emotions.join(', ') : 'neutral', { note }),
};

const wholeSigned = (value: number) => `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value)}`;

/** The answers of the tasks that were asked, with confidence; an answer that cannot be read is shown as it came. */
export function writeAnswers(page: ReportPage, outcomes: AnyOutcomes, style: Pick<ReportStyle, 'colors'>): void {
  page.heading('Answers', 'confidence');
  for (const id of allTaskIds) {
    const outcome = outcomes[id];
    if (outcome) writeAnswer(page, id, outcome, style);
  }
}

function writeAnswer<Id extends AnyTaskId>(
  page: ReportPage,
  id: Id,
  outcome: TaskOutcome<AnyTaskId>,
  style: Pick<ReportStyle, 'colors'>,
): void {
  if (outcome.status === 'parsed') {
    writers[id](page, outcome.value as AnyTaskValues[Id], percent(outcome.confidence), style);
    if ('decision' in outcome && outcome.decision) writeDecision(page, outcome.decision, style);
    return;
  }
  page.row(labels[id], `no answer to ${taskOf(id).abbreviation}: ${outcome.detail}`, {
    note: '–',
    paint: style.colors.yellow,
  });
  const text = printable(outcome.answer);
  if (text !== '')
    page.row('', `The model wrote: ${text.length > 160 ? `${text.slice(0, 160)}…` : text}`, {
      paint: style.colors.dim,
    });
}

/** The likeliest classes that are named in a report. */
const NAMED_CLASSES = 3;

/** Who decided on the emotion, and how likely the classes are. */
function writeDecision(page: ReportPage, decision: EmotionDecision, { colors }: Pick<ReportStyle, 'colors'>): void {
  const likely = Object.entries(decision.probabilities).sort(([, a], [, b]) => b - a);
  const named = likely.slice(0, NAMED_CLASSES).map(([label, share]) => `${label} ${percent(share)}`);
  page.row('', `${deciderText(decision)}: ${printable(named.join(', '))}`, { paint: colors.dim });
}

function deciderText({ decidedBy, word }: EmotionDecision): string {
  if (word.status === 'unparsed') return 'The head decided, as no word could be read';
  const said = `the word “${printable(word.value.emotion)}”`;
  return decidedBy === 'word' ? `With the head, ${said} stands` : `The head decided against ${said}`;
}
