import type { AnalyzeEvent, ErrorEvent, TaskId } from '@nano-emox/server/protocol';
import type { AnalysisResult, StageName } from 'nano-emox';
import { analyze, health, ServerFault } from './api';
import { ClipForm } from './clip-form';
import { Conversation } from './conversation';
import { byId, h } from './dom';
import { type Report, saveHtml, saveJson } from './export-report';
import { megabytes } from './format';
import { DeviceFault } from './open-devices';
import { AnswerSheet } from './results/answer-sheet';

const stageTexts: Readonly<Record<StageName, string>> = {
  decode: 'Reading the clip, looking for the face',
  scene: 'Looking at the scene',
  face: 'Looking at the face',
  voice: 'Listening to the voice',
  fuse: 'Fusing picture and sound',
};
const taskTexts: Readonly<Record<TaskId, string>> = {
  msa: 'Judging the sentiment',
  mer: 'Naming the emotion',
  ovMer: 'Looking for words',
  eri: 'Giving reasons',
  mir: 'Guessing the intent',
  erg: 'Thinking about an answer',
};

const status = (text: string) => {
  byId('status').textContent = text;
};
const results = byId('results');
const stop = byId<HTMLButtonElement>('stop');
const conversation = new Conversation({ status, fault: showFault });
const sheet = new AnswerSheet(results, conversation.element);
const exports = exportBar();
const form = new ClipForm({
  chosen: hideFault,
  submitted: (clip, words) => void run(clip, words),
  status,
  fault: showFault,
});

let finished: Omit<Report, 'conversation'> | undefined;
results.append(exports);
introduce();

/** One clip, from sending it to the last answer. */
async function run(clip: File, words: string): Promise<void> {
  const leaving = new AbortController();
  begin(words);
  stop.onclick = () => leaving.abort();
  let clipId: string | undefined;
  try {
    for await (const event of analyze(clip, words, leaving.signal)) {
      showProgress(event);
      sheet.show(event);
      if (event.type === 'clip-encoded') clipId = event.clipId;
      if (event.type === 'analysis-end') finish(clip.name, event.result, clipId);
    }
  } catch (error) {
    sheet.giveUp();
    if (leaving.signal.aborted) status('Stopped.');
    else showFault(error);
  } finally {
    form.isBusy = false;
    stop.hidden = true;
    byId('progress').hidden = true;
  }
}

function begin(words: string): void {
  hideFault();
  sheet.clear(words);
  conversation.clear();
  finished = undefined;
  exports.hidden = true;
  form.isBusy = true;
  stop.hidden = false;
  byId<HTMLProgressElement>('bar').value = 0;
  byId('progress').hidden = false;
  status('Sending the clip');
}

function finish(clipName: string, result: AnalysisResult, clipId: string | undefined): void {
  finished = { clipName, result };
  conversation.begin(clipId, result.words, result.tasks.erg);
  exports.hidden = false;
  const oddities = result.warnings.map(({ message }) => message);
  status(['Six answers are ready.', ...oddities].join(' '));
}

function showProgress(event: Exclude<AnalyzeEvent, ErrorEvent>): void {
  if (event.type === 'waiting')
    status(`Waiting: ${event.ahead} ${event.ahead === 1 ? 'clip' : 'clips'} before this one.`);
  if (!('progress' in event)) return;
  const { completed, total } = event.progress;
  byId<HTMLProgressElement>('bar').value = completed / total;
  if (event.type === 'stage-start') status(stageTexts[event.stage]);
  if (event.type === 'task-start') status(taskTexts[event.task]);
  if (event.type === 'timeline-start') status('Following the emotion along the clip');
}

/** Says what went wrong and what to do, in words. */
function showFault(error: unknown): void {
  const [message, hint] =
    error instanceof ServerFault
      ? [error.document.message, error.document.hint]
      : error instanceof DeviceFault
        ? [error.message, error.hint]
        : ['Something went wrong on this page.', 'Reload it and try again.'];
  status('');
  byId('fault').replaceChildren(h('strong', {}, message), ' ', hint);
  if (!(error instanceof ServerFault || error instanceof DeviceFault)) console.error(error);
}

function hideFault(): void {
  byId('fault').replaceChildren();
}

function exportBar(): HTMLElement {
  const html = h('button', { type: 'button', class: 'quiet', id: 'save-html' }, 'Save the report (HTML)');
  const json = h('button', { type: 'button', class: 'quiet', id: 'save-json' }, 'Save the data (JSON)');
  const report = (): Report | undefined => finished && { ...finished, conversation: conversation.said };
  html.onclick = () => {
    const made = report();
    if (made) saveHtml(made, results);
  };
  json.onclick = () => {
    const made = report();
    if (made) saveJson(made);
  };
  return h('div', { class: 'exports', 'data-report': 'no', hidden: true }, html, json);
}

/** Says what runs, and how much it takes. */
function introduce(): void {
  health().then(({ model, limits }) => {
    form.wordsChars = limits.wordsChars;
    byId('model-line').textContent =
      `Model ${model.preset} on ${model.device}. Clips up to ${megabytes(limits.uploadBytes)}; none leaves this machine.`;
  }, showFault);
}
