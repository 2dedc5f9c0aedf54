import { sample } from './api';
import { byId } from './dom';
import { seconds } from './format';
import { type Recording, startRecording } from './recorder';

/** What the form tells the page. */
export interface ClipFormListener {
  /** A clip was chosen; `undefined` when it was put back. */
  readonly chosen: () => void;
  readonly submitted: (clip: File, words: string) => void;
  readonly status: (text: string) => void;
  readonly fault: (error: unknown) => void;
}

/** Where a clip comes from: dropped, picked, the sample, or recorded; and what is said in it. */
export class ClipForm {
  private readonly form = byId<HTMLFormElement>('clip-form');
  private readonly stage = byId('stage');
  private readonly drop = byId('drop');
  private readonly file = byId<HTMLInputElement>('file');
  private readonly preview = byId<HTMLVideoElement>('preview');
  private readonly words = byId<HTMLTextAreaElement>('words');
  private readonly submit = byId<HTMLButtonElement>('analyze');
  private readonly record = byId<HTMLButtonElement>('record');
  private readonly other = byId<HTMLButtonElement>('other');
  private clip: File | undefined;
  private recording: Recording | undefined;

  constructor(private readonly listener: ClipFormListener) {
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.clip && !this.submit.disabled) listener.submitted(this.clip, this.words.value.trim());
    });
    this.file.addEventListener('change', () => this.choose(this.file.files?.[0]));
    this.other.addEventListener('click', () => this.file.click());
    byId('sample').addEventListener('click', () => this.attempt(() => this.useSample()));
    this.record.addEventListener('click', () => this.attempt(() => this.toggleRecording()));
    this.acceptDrops();
  }

  set wordsChars(limit: number) {
    this.words.maxLength = limit;
  }

  /** While the model works nothing can be sent. */
  set isBusy(isBusy: boolean) {
    this.submit.disabled = isBusy || !this.clip;
  }

  private choose(clip: File | undefined, words = ''): void {
    if (!clip) return;
    this.clip = clip;
    this.words.value = words;
    this.show(URL.createObjectURL(clip));
    this.submit.disabled = false;
    this.listener.chosen();
    this.listener.status(`${clip.name} is ready.`);
  }

  private show(source: string | MediaStream): void {
    if (this.preview.src.startsWith('blob:')) URL.revokeObjectURL(this.preview.src);
    const isLive = typeof source !== 'string';
    this.preview.srcObject = isLive ? source : null;
    if (isLive) this.preview.removeAttribute('src');
    else this.preview.src = source;
    this.preview.controls = !isLive;
    this.preview.muted = isLive; // or the loudspeaker would feed the microphone
    this.preview.hidden = false;
    this.drop.classList.add('covered');
    this.other.hidden = isLive;
    if (isLive) void this.preview.play();
  }

  private async useSample(): Promise<void> {
    const { clip, words } = await sample();
    this.choose(clip, words);
  }

  private async toggleRecording(): Promise<void> {
    if (this.recording) {
      this.recording.stop();
      return;
    }
    const time = byId('recording-time');
    this.recording = await startRecording((elapsed) => {
      time.textContent = seconds(elapsed);
    });
    byId('recording').hidden = false;
    this.record.textContent = 'Stop recording';
    this.submit.disabled = true;
    this.show(this.recording.stream);
    this.listener.status('Recording, ten seconds at most.');
    try {
      this.choose(await this.recording.clip);
    } finally {
      this.recording = undefined;
      byId('recording').hidden = true;
      this.record.textContent = 'Record yourself';
    }
  }

  private attempt(work: () => Promise<void>): void {
    work().catch((error: unknown) => this.listener.fault(error));
  }

  private acceptDrops(): void {
    const isOver = (event: DragEvent, over: boolean) => {
      event.preventDefault();
      this.stage.classList.toggle('over', over);
    };
    // A file that misses the field must not replace the page.
    window.addEventListener('dragover', (event) => event.preventDefault());
    window.addEventListener('drop', (event) => event.preventDefault());
    this.stage.addEventListener('dragover', (event) => isOver(event, true));
    this.stage.addEventListener('dragleave', (event) => isOver(event, false));
    this.stage.addEventListener('drop', (event) => {
      isOver(event, false);
      this.choose(event.dataTransfer?.files[0]);
    });
  }
}
