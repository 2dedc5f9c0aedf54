import { type TaskId, tasks } from '@nano-emox/tasks';
import type { AnalysisEvent, StageName } from 'nano-emox';
import { colorsFor, lineWidth, type OutputStream } from '../terminal';

const stageTexts: Readonly<Record<StageName, string>> = {
  decode: 'reading the clip, looking for the face',
  scene: 'looking at the scene',
  face: 'looking at the face',
  voice: 'listening to the voice',
  fuse: 'fusing picture and sound',
};
const BAR_WIDTH = 24;

/** One line on a terminal that says how far the work is; nothing where nobody watches. */
export class ProgressLine {
  private share = 0;
  private clip = 0;
  private readonly isShown: boolean;

  constructor(
    private readonly stream: OutputStream,
    private readonly totalClips: number,
    { quiet = false } = {},
  ) {
    this.isShown = stream.isTTY === true && !quiet;
  }

  /** Says what goes on before the first event. */
  say(text: string): void {
    this.draw(text);
  }

  /** Events of the next clip follow. */
  startClip(index: number): void {
    this.clip = index;
    this.share = 0;
  }

  /** Follows an analysis; the total covers all clips and never changes. */
  show(event: AnalysisEvent): void {
    if (!('progress' in event)) return;
    this.share = event.progress.completed / event.progress.total;
    if (event.type === 'stage-start') this.draw(stageTexts[event.stage]);
    else if (event.type === 'task-start') this.draw(questionText(event.task));
    else if (event.type === 'timeline-start') this.draw('following the emotion along the clip');
  }

  /** Takes the line away, so that other text can be written. */
  clear(): void {
    if (this.isShown) this.stream.write('\r\x1b[K');
  }

  private draw(text: string): void {
    if (!this.isShown) return;
    const colors = colorsFor(this.stream);
    const share = Math.min(1, (this.clip + this.share) / this.totalClips);
    const filled = Math.round(share * BAR_WIDTH);
    const percent = `${Math.floor(share * 100)}`.padStart(3);
    const clips = this.totalClips > 1 ? `clip ${this.clip + 1} of ${this.totalClips}, ` : '';
    const words = `${clips}${text}`.slice(0, Math.max(0, lineWidth(this.stream) - BAR_WIDTH - 8));
    const bar = `${colors.cyan('━'.repeat(filled))}${colors.dim('━'.repeat(BAR_WIDTH - filled))}`;
    this.stream.write(`\r\x1b[K${bar} ${percent} % ${words}`);
  }
}

const questionText = (task: TaskId) => `answering: ${tasks[task].title.toLowerCase()}`;
