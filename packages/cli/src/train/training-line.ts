import { progressOf } from '@nano-emox/p2e';
import { StatusLine } from '../status-line';
import type { TrainingProgressEvent } from './run-training';

/** One line on a terminal that says how far a training is; warnings stand above it, also where nobody watches. */
export class TrainingLine extends StatusLine {
  /** For its average of the loss; the stages of a recipe are too unlike for one estimate of the whole. */
  private readonly follow = progressOf([]);

  show(event: TrainingProgressEvent): void {
    const passing = this.passingText(event);
    if (passing !== undefined) this.draw(passing);
    const lasting = lastingText(event);
    if (lasting !== undefined) this.say(lasting);
  }

  /** What is drawn over the line before. */
  private passingText(event: TrainingProgressEvent): string | undefined {
    switch (event.type) {
      case 'render-delta':
        return `rendering clips ${event.renderedClips}/${event.totalClips}`;
      case 'features-delta':
        return `${event.source}: encoding clips ${event.loadedClips}/${event.totalClips}`;
      case 'phase-start':
        this.follow(event);
        return undefined;
      case 'step-end': {
        const { phase, step, steps, samplesPerSecond, remainingMs } = event;
        const loss = (this.follow(event).loss ?? event.loss).toFixed(4);
        const pace = `${samplesPerSecond.toFixed(1)} samples/s`;
        return `${phase} ${step}/${steps}  loss ${loss}  ${pace}  ${durationText(remainingMs)} left`;
      }
      default:
        return undefined;
    }
  }
}

/** What a log of the training would hold, too. */
function lastingText(event: TrainingProgressEvent): string | undefined {
  switch (event.type) {
    case 'data-missing':
    case 'media-skipped':
    case 'sample-skipped':
    case 'row-issue':
      return `warning: ${event.message}`;
    case 'checkpoint-damaged':
      return `warning: ${event.path}: ${event.message}; continuing from the one before`;
    case 'stage-start':
      return `── ${event.stage}`;
    case 'phase-start':
      return `${event.phase}: step ${event.step} of ${event.steps}, ${event.trainedParameters} values train`;
    case 'validation-end':
      return `${event.phase}: step ${event.step} scores ${event.score.toFixed(4)}${event.isBest ? ', best so far' : ''}`;
    default:
      return undefined;
  }
}

/** `1:02:03`, `2:03`. */
function durationText(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const twoDigits = (number: number) => String(number).padStart(2, '0');
  return `${hours > 0 ? `${hours}:${twoDigits(minutes)}` : minutes}:${twoDigits(seconds % 60)}`;
}
