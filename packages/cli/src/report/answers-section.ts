import { type TaskId, type TaskValues, taskIds, tasks } from '@nano-emox/tasks';
import type { AnalysisResult, EmotionDecision, TaskOutcome } from 'nano-emox';
import type { ReportPage, ReportStyle } from './page';
import { percent, signed } from './quantities';
import { printable } from './wrap-text';

const labels: Readonly<Record<TaskId, string>> = {
  msa: 'Sentiment',
  mer: 'Emotion',
  ovMer: 'In own words',
  eri: 'Why',
  mir: 'Intent',
  erg: 'Empathy',
};

type Writers = {
  readonly [Id in TaskId]: (
    page: ReportPage,
    value: TaskValues[Id],
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
};

/** The answers of the tasks that were asked, with confidence; an answer that cannot be read is shown as it came. */
export function writeAnswers(
  page: ReportPage,
  outcomes: AnalysisResult['tasks'],
  style: Pick<ReportStyle, 'colors'>,
): void {
  page.heading('Answers', 'confidence');
  for (const id of taskIds) {
    const outcome = outcomes[id];
    if (outcome) writeAnswer(page, id, outcome as TaskOutcome, style);
  }
}

function writeAnswer<Id extends TaskId>(
  page: ReportPage,
  id: Id,
  outcome: TaskOutcome,
  style: Pick<ReportStyle, 'colors'>,
): void {
  if (outcome.status === 'parsed') {
    writers[id](page, outcome.value as TaskValues[Id], percent(outcome.confidence), style);
    if ('decision' in outcome && outcome.decision) writeDecision(page, outcome.decision, style);
    return;
  }
  page.row(labels[id], `no answer to ${tasks[id].abbreviation}: ${outcome.detail}`, {
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
