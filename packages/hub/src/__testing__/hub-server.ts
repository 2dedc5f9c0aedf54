import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong with a path, once for each time it is listed; afterwards it is served well. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly times?: number }
  /** The connection is cut after that many bytes. */
  | { readonly kind: 'cut'; readonly afterBytes: number; readonly times?: number }
  /** Other content instead of the file's, of whatever length. */
  | { readonly kind: 'content'; readonly content: string | Uint8Array; readonly times?: number }
  /** Bytes trickle in pieces of 64 KiB with a pause between. */
  | { readonly kind: 'slow'; readonly pauseMs: number; readonly times?: number };

/** A repository as the server holds it: files by path; those of more than a kilobyte are kept in LFS. */
export interface TestRepository {
  readonly commit: string;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** Token that may read it. @default anybody */
  readonly token?: string;
  /** Entries of the listing besides those of the files. */
  readonly extraEntries?: readonly object[];
}

/**
 * A real HTTP server that speaks the part of the hub's protocol that a pull needs: revision, paginated listing, files with ranges, and
 * large files behind a redirect to another origin.
 */
export class HubServer {
  readonly repositories = new Map<string, TestRepository>();
  readonly branches = new Map<string, string>();
  readonly faults = new Map<string, Fault>();
  /** `GET path range` of every request, `-` for no range; files and questions alike. */
  readonly requests: string[] = [];
  /** Tokens that reached the origin of the large files; there must be none. */
  readonly leakedTokens: string[] = [];
  /** Content bytes that were sent. */
  sentBytes = 0;
  private readonly faulted = new Map<string, number>();

  private constructor(
    private readonly main: Server,
    private readonly storage: Server,
  ) {
    main.on('request', (request, response) => this.answer(request, response));
    storage.on('request', (request, response) => this.answerStorage(request, response));
  }

  static async start(): Promise<HubServer> {
    const servers = [createServer(), createServer()] as const;
    for (const server of servers) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new HubServer(...servers);
  }

  get endpoint(): string {
    return addressOf(this.main);
  }

  /** Requests for the content of a file. */
  downloadsOf(path: string): string[] {
    return this.requests.filter((request) => request.includes(`/${path} `) && !request.endsWith('bytes=0-0'));
  }

  async stop(): Promise<void> {
    for (const server of [this.main, this.storage]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.endpoint);
    const range = request.headers.range ?? '';
    this.requests.push(`${request.method} ${pathname} ${range || '-'}`);
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/(revision|tree)\/([^/]+)$/.exec(pathname);
    const file = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(pathname);
    const [, name = '', , revision = ''] = api ?? [undefined, file?.[1], undefined, file?.[2]];
    const repository = this.repositories.get(name);
    const isAllowed = !repository?.token || request.headers.authorization === `Bearer ${repository.token}`;
    const path = decodeURIComponent(file?.[3] ?? '');
    const fault = this.nextFault(api?.[2] ?? path, range);
    const commit = this.branches.get(decodeURIComponent(revision)) ?? revision;
    if (!repository || !isAllowed) {
      // The hub does not tell a missing repository from one that may not be seen.
      send(response, 401, { 'X-Error-Code': 'RepoNotFound' }, '{"error":"Invalid username or password."}');
    } else if (fault?.kind === 'status') {
      send(response, fault.status, {}, '{"error":"as told"}');
    } else if (fault?.kind === 'content' && api) {
      send(response, 200, { 'Content-Type': 'text/html' }, fault.content);
    } else if (commit !== repository.commit) {
      send(response, 404, { 'X-Error-Code': 'RevisionNotFound' }, '{"error":"Invalid rev id"}');
    } else if (api?.[2] === 'revision') {
      send(response, 200, {}, JSON.stringify({ _id: '1', id: name, sha: commit, lastModified: 0 }));
    } else if (api) {
      this.answerListing(response, pathname, repository, Number(searchParams.get('cursor') ?? 0));
    } else {
      this.answerFile(response, repository, path, range, fault);
    }
  }

  /** Two entries a page. */
  private answerListing(response: ServerResponse, path: string, repository: TestRepository, cursor: number): void {
    const entries = [
      { type: 'directory', oid: '0'.repeat(40), size: 0, path: 'folder' },
      ...Object.entries(repository.files).map(([path, content]) => entryOf(path, bytesOf(content))),
      ...(repository.extraEntries ?? []),
    ];
    const next = `<${this.endpoint}${path}?recursive=true&cursor=${cursor + 2}>; rel="next"`;
    const page = JSON.stringify(entries.slice(cursor, cursor + 2));
    send(response, 200, cursor + 2 < entries.length ? { Link: next } : {}, page);
  }

  private answerFile(
    response: ServerResponse,
    repository: TestRepository,
    path: string,
    range: string,
    fault: Fault | undefined,
  ): void {
    const held = repository.files[path];
    if (held === undefined) {
      send(response, 404, { 'X-Error-Code': 'EntryNotFound' }, '{"error":"Entry not found"}');
      return;
    }
    const content = bytesOf(held);
    if (isLarge(content) && fault === undefined) {
      const location = `${addressOf(this.storage)}/${encodeURIComponent(repository.commit)}/${encodeURIComponent(path)}`;
      send(response, 302, { Location: location, 'X-Linked-Size': String(content.length) }, '');
      return;
    }
    void this.sendContent(response, fault?.kind === 'content' ? bytesOf(fault.content) : content, range, fault);
  }

  private answerStorage(request: IncomingMessage, response: ServerResponse): void {
    if (request.headers.authorization) this.leakedTokens.push(request.headers.authorization);
    const [commit = '', path = ''] = (request.url ?? '').slice(1).split('/').map(decodeURIComponent);
    const repository = [...this.repositories.values()].find((candidate) => candidate.commit === commit);
    void this.sendContent(response, bytesOf(repository?.files[path] ?? ''), request.headers.range ?? '', undefined);
  }

  private async sendContent(
    response: ServerResponse,
    content: Uint8Array,
    range: string,
    fault: Fault | undefined,
  ): Promise<void> {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    const start = Number(from ?? 0);
    const body = content.subarray(start, to === undefined ? undefined : Number(to) + 1);
    if (body.length === 0) {
      send(response, 416, { 'Content-Range': `bytes */${content.length}` }, '');
      return;
    }
    const contentRange = { 'Content-Range': `bytes ${start}-${start + body.length - 1}/${content.length}` };
    const headers = { ETag: '"x"', 'Content-Length': body.length, ...(from !== undefined && contentRange) };
    response.writeHead(from === undefined ? 200 : 206, headers);
    const limit = fault?.kind === 'cut' && range !== 'bytes=0-0' ? fault.afterBytes : body.length;
    for (let offset = 0; offset < limit && !response.destroyed; offset += 65_536) {
      const piece = body.subarray(offset, Math.min(limit, offset + 65_536));
      await new Promise((resolve) => response.write(piece, resolve));
      this.sentBytes += piece.length;
      if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.pauseMs));
    }
    if (limit < body.length) response.destroy();
    else response.end();
  }

  /** The question after the size of a file is answered well: faults concern contents. */
  private nextFault(key: string, range: string): Fault | undefined {
    const fault = this.faults.get(key);
    if (fault === undefined || (range === 'bytes=0-0' && fault.kind !== 'status')) return undefined;
    const times = (this.faulted.get(key) ?? 0) + 1;
    this.faulted.set(key, times);
    return times <= (fault.times ?? 1) ? fault : undefined;
  }
}

const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;
const isLarge = (content: Uint8Array): boolean => content.length > 1000;

function entryOf(path: string, content: Uint8Array): object {
  const oid = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  if (!isLarge(content)) return { type: 'file', path, size: content.length, oid };
  const sha256 = createHash('sha256').update(content).digest('hex');
  // As git sees it, the file is a pointer.
  const lfs = { oid: sha256, size: content.length, pointerSize: 134 };
  return { type: 'file', path, size: content.length, oid: '1'.repeat(40), lfs };
}

function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array,
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(body);
}
