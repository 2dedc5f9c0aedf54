import { Worker } from 'node:worker_threads';
import {
  DisposedError,
  ExecutionError,
  InvalidArgumentError,
  MissingDependencyError,
  throwIfAborted,
} from '@nano-emox/tensor-contract';
import { resizeBilinear } from '../resize';
import { type BoxPx, checkRgbImage, type RgbImage } from '../rgb-image';

/**
 * Which network looks for faces: `fast` (tiny YOLO, about 60 ms), `accurate` (SSD on MobileNet, about 300 ms; small, turned
 * and partly covered faces), or `auto`: the fast one, and the accurate one where the fast one is not sure.
 */
export type FaceModel = 'auto' | 'fast' | 'accurate';

/** Options of {@link FaceDetector}. */
export interface FaceDetectorOptions {
  /** @default 'auto' */
  readonly model?: FaceModel | undefined;
  /** Faces below this score are left out, in (0, 1). @default 0.5 */
  readonly minScore?: number | undefined;
}

/** A face and where it is. */
export interface DetectedFace {
  /** In pixels of the picture; may reach a little outside it. */
  readonly boxPx: BoxPx;
  /** Certainty of the detector, 0..1. */
  readonly score: number;
}

/** Larger pictures are shrunk before detection; the networks see at most 512 pixels a side. */
const MAX_SIDE_PX = 640;

interface Reply {
  readonly id: number;
  readonly faces?: readonly { readonly box: BoxPx; readonly score: number }[];
  readonly error?: { readonly code: string | undefined; readonly message: string };
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Finds faces with the networks that `@vladmandic/face-api` ships (MIT; trained on WIDER FACE), in a worker thread. The
 * thread starts with the first detection or {@link FaceDetector.warmUp}, takes about 0.5 s and 150 MB, and does not keep the
 * process alive. Calls may overlap; pictures are looked at one after the other.
 */
export class FaceDetector {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 0;
  private disposed = false;
  private readonly model: FaceModel;
  private readonly minScore: number;

  /** @throws InvalidArgumentError */
  constructor({ model = 'auto', minScore = 0.5 }: FaceDetectorOptions = {}) {
    if (!['auto', 'fast', 'accurate'].includes(model)) {
      throw new InvalidArgumentError({
        message: `FaceDetector: unknown model '${model}'`,
        hint: "Pass 'auto', 'fast' or 'accurate'.",
        argument: 'model',
      });
    }
    if (!(minScore > 0 && minScore < 1)) {
      throw new InvalidArgumentError({
        message: `FaceDetector: minScore is ${minScore}`,
        hint: 'Pass a number between 0 and 1.',
        argument: 'minScore',
      });
    }
    this.model = model;
    this.minScore = minScore;
  }

  /**
   * @returns faces in the order of their scores, best first
   * @throws MissingDependencyError when the optional peers are not installed, DisposedError, AbortedError, ExecutionError
   */
  async detect(
    image: RgbImage,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<DetectedFace[]> {
    const where = 'FaceDetector.detect';
    checkRgbImage(image, where);
    throwIfAborted(signal, where);
    const scale = Math.min(1, MAX_SIDE_PX / Math.max(image.width, image.height));
    const width = Math.max(1, Math.round(image.width * scale));
    const height = Math.max(1, Math.round(image.height * scale));
    const { data } = scale < 1 ? resizeBilinear(image, width, height) : image;
    const reply = await this.ask({ width, height, data, model: this.model, minScore: this.minScore });
    throwIfAborted(signal, where);
    if (reply.error) throw detectionError(reply.error);
    return (reply.faces ?? [])
      .map(({ box, score }) => ({
        boxPx: {
          x: (box.x * image.width) / width,
          y: (box.y * image.height) / height,
          width: (box.width * image.width) / width,
          height: (box.height * image.height) / height,
        },
        score,
      }))
      .sort((a, b) => b.score - a.score);
  }

  /**
   * Starts the thread and loads the network now instead of at the first picture.
   * @throws MissingDependencyError when the optional peers are not installed, DisposedError, ExecutionError
   */
  async warmUp(): Promise<void> {
    const { error } = await this.ask(undefined);
    if (error) throw detectionError(error);
  }

  /** Ends the thread. Calls under way fail with DisposedError. */
  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    this.failAll(disposedError());
    await this.worker?.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  /** @param request a picture and how to look at it; undefined only loads the network */
  private async ask(request: object | undefined): Promise<Reply> {
    if (this.disposed) throw disposedError();
    this.worker ??= this.start();
    const { worker } = this;
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, request });
    });
  }

  private start(): Worker {
    // Standard output is caught: TensorFlow.js greets and advises there, and a library stays silent.
    const worker = new Worker(new URL('./face-detector-worker.js', import.meta.url), { stdout: true, stderr: true });
    worker.stdout.resume();
    worker.stderr.resume();
    worker.on('message', (reply: Reply) => {
      this.waiting.get(reply.id)?.resolve(reply);
      this.waiting.delete(reply.id);
      if (this.waiting.size === 0) worker.unref();
    });
    worker.on('error', (cause) => this.crashed(worker, cause));
    worker.on('exit', (code) => this.crashed(worker, new Error(`exit code ${code}`)));
    return worker;
  }

  private crashed(worker: Worker, cause: unknown): void {
    if (this.worker === worker) this.worker = undefined;
    const message = 'FaceDetector: the detection thread ended';
    this.failAll(new ExecutionError({ message, hint: 'Call detect again; a new thread is started.', cause }));
  }

  private failAll(error: unknown): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

function disposedError(): DisposedError {
  return new DisposedError({
    message: 'FaceDetector.detect: the detector was disposed',
    hint: 'Create a new FaceDetector.',
  });
}

function detectionError({ code, message }: { code: string | undefined; message: string }): Error {
  if (code === 'MODULE_NOT_FOUND') {
    return new MissingDependencyError({
      message: 'FaceDetector: the packages that find faces are not installed',
      hint: "Run npm install @vladmandic/face-api @tensorflow/tfjs @tensorflow/tfjs-backend-wasm, or use faceCrop: 'whole-frame'.",
      dependency: '@vladmandic/face-api',
      cause: message,
    });
  }
  return new ExecutionError({
    message: `FaceDetector: detection failed (${message})`,
    hint: "Report this with the versions of @vladmandic/face-api and @tensorflow/tfjs, or use faceCrop: 'whole-frame'.",
  });
}
