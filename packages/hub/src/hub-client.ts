import { downloadFile, type ListFileEntry, listFiles, modelInfo } from '@huggingface/hub';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { HubFile } from './checksum';
import { isCommit, requireInnerPath } from './names';
import { RequestFailure } from './retrying';

/** Where a repository is asked for, and as whom. */
export interface HubClientOptions {
  readonly repo: string;
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** How much of what a service says is quoted. */
const QUOTED_CHARACTERS = 200;

/** The three questions that a pull asks of the hub, through its own library. They reject with {@link RequestFailure}. */
export class HubClient {
  private readonly access;
  private lastStatus: number | undefined;

  /** @throws InvalidArgumentError for an address that is not http(s), or a token of another service */
  constructor(private readonly options: HubClientOptions) {
    const { endpoint, token, signal } = options;
    requireAccess(endpoint, token);
    const observedFetch: typeof fetch = async (input, init) => {
      this.lastStatus = undefined;
      const response = await fetch(input, { ...init, ...(signal && { signal }) });
      this.lastStatus = response.status;
      return response;
    };
    this.access = { hubUrl: endpoint, fetch: observedFetch, ...(token !== undefined && { accessToken: token }) };
  }

  /** The commit that a branch or tag stands for now. */
  async commitOf(revision: string): Promise<string> {
    const { repo } = this.options;
    const { sha } = await this.asked(() =>
      modelInfo({ name: repo, revision, additionalFields: ['sha'], ...this.access }),
    );
    if (typeof sha === 'string' && isCommit(sha)) return sha;
    throw new RequestFailure('the answer names no commit', 200);
  }

  /** All files of a commit. @throws InvalidFileError for a name that would leave the folder */
  async filesOf(commit: string): Promise<HubFile[]> {
    const { repo } = this.options;
    const files: HubFile[] = [];
    await this.asked(async () => {
      const entries = listFiles({
        repo: { type: 'model', name: repo },
        revision: commit,
        recursive: true,
        ...this.access,
      });
      for await (const entry of entries) if (entry.type === 'file') files.push(hubFile(entry, repo));
    });
    return files;
  }

  /** The bytes of a file from `offset` on. */
  async *read({ path }: HubFile, commit: string, offset: number): AsyncGenerator<Uint8Array, void, undefined> {
    const { repo } = this.options;
    const content = await this.asked(() =>
      downloadFile({
        repo: { type: 'model', name: repo },
        path: path.split('/').map(encodeURIComponent).join('/'),
        revision: commit,
        xet: false, // chunks of that protocol could not be resumed with a range
        ...this.access,
      }),
    );
    if (content === null) throw new RequestFailure(`there is no file ${path}`, 404);
    const stream = content.slice(offset).stream();
    try {
      yield* stream as unknown as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw this.failure(error);
    }
  }

  private async asked<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      throw this.failure(error);
    }
  }

  /** The library throws its own errors, those of fetch and JSON, and texts where a stream breaks. */
  private failure(error: unknown): unknown {
    if (error instanceof RequestFailure || isOwn(error)) return error;
    if (error instanceof SyntaxError || error instanceof TypeError) {
      const isAnswer = this.lastStatus !== undefined && this.lastStatus < 300;
      if (isAnswer && !isNetworkError(error)) {
        return new RequestFailure('the answer is not the JSON of the hub, perhaps a web page', this.lastStatus, error);
      }
    }
    const isRefused = this.lastStatus !== undefined && this.lastStatus >= 400;
    const problem = isRefused ? `status ${this.lastStatus}: ${quote(error)}` : quote(error);
    return new RequestFailure(problem, isRefused ? this.lastStatus : undefined, error);
  }
}

/** Errors of this project have a code and a hint. */
const isOwn = (error: unknown): boolean => typeof (error as { hint?: unknown } | null)?.hint === 'string';

/** `fetch` gives a TypeError too, and keeps the reason in its cause. */
const isNetworkError = (error: Error): boolean => error.cause !== undefined || error.message === 'terminated';

function quote(error: unknown): string {
  const { message, cause } = (error ?? {}) as { message?: string; cause?: { message?: string } };
  return String(cause?.message ?? message ?? error).slice(0, QUOTED_CHARACTERS);
}

function hubFile({ path, size, oid, lfs }: ListFileEntry, repo: string): HubFile {
  const sizeBytes = lfs?.size ?? size;
  const digest = lfs?.oid ?? oid ?? '';
  const algorithm = lfs ? 'sha256' : 'git-blob-sha1';
  const inner = requireInnerPath(path, repo);
  const isDigest = algorithm === 'sha256' ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/;
  if (Number.isSafeInteger(sizeBytes) && sizeBytes >= 0 && isDigest.test(digest)) {
    return { path: inner, sizeBytes, checksum: { algorithm, digest } };
  }
  throw new RequestFailure(`the listing gives no size and checksum of ${inner}`, 200);
}

function requireAccess(endpoint: string, token: string | undefined): void {
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw new InvalidArgumentError({
      message: `the endpoint ${JSON.stringify(endpoint.slice(0, 100))} is not an http(s) address`,
      hint: 'Give the base address of the hub or of a mirror, e.g. https://huggingface.co.',
      argument: 'endpoint',
    });
  }
  if (token !== undefined && !token.startsWith('hf_')) {
    throw new InvalidArgumentError({
      message: 'the token is not one of the Hugging Face hub',
      hint: 'Its tokens begin with hf_; unset HF_TOKEN for public repositories.',
      argument: 'token',
    });
  }
}
