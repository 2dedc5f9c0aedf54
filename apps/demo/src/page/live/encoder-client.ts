import type { EncodedPicture, EncoderAnswer, EncoderRequest, LoadedEncoder } from './messages';

/** What the page says when the encoder cannot be loaded or fails. */
export class EncoderFault extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
    this.name = 'EncoderFault';
  }
}

interface Waiting {
  readonly resolve: (answer: Exclude<EncoderAnswer, { type: 'fault' }>) => void;
  readonly reject: (error: EncoderFault) => void;
}

/** The face encoder in a thread of its own, so that the page stays at hand while it works. */
export class EncoderClient {
  private readonly worker = new Worker('/live-worker.js', { type: 'module' });
  private readonly waiting: Waiting[] = [];

  constructor() {
    this.worker.onmessage = ({ data }: MessageEvent<EncoderAnswer>) => {
      const next = this.waiting.shift();
      if (data.type === 'fault') next?.reject(new EncoderFault(data.message, data.hint));
      else next?.resolve(data);
    };
    this.worker.onerror = () => {
      const fault = new EncoderFault('The encoder did not start in this browser.', 'Update it, or try another one.');
      for (const { reject } of this.waiting.splice(0)) reject(fault);
    };
  }

  /** Fetches weights and runtime, once. @throws EncoderFault */
  async load(): Promise<LoadedEncoder> {
    const answer = await this.ask({ type: 'load' });
    return (answer as Extract<EncoderAnswer, { type: 'loaded' }>).encoder;
  }

  /** @param planes red, green and blue of the picture, 0…255; given away to the worker @throws EncoderFault */
  async encode(planes: Uint8Array<ArrayBuffer>): Promise<EncodedPicture> {
    const answer = await this.ask({ type: 'encode', planes }, [planes.buffer]);
    return (answer as Extract<EncoderAnswer, { type: 'encoded' }>).picture;
  }

  /** Ends the thread. */
  dispose(): void {
    this.worker.terminate();
  }

  private ask(request: EncoderRequest, given: Transferable[] = []): Promise<Exclude<EncoderAnswer, { type: 'fault' }>> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.worker.postMessage(request, given);
    });
  }
}
