/**
 * Puts the demo server under load: ordinary requests from several clients at once, then hostile uploads. Starts a server of its
 * own, so that its memory can be read.
 *
 *   node apps/demo/scripts/load.mjs [--requests 1000] [--concurrent 16] [--hostile 100] [--warm-up 16]
 *
 * Prints status counts, p50 and p99 by kind of request and of all, and the server's resident memory before and after. Ends with code 1
 * when anything but success or an orderly 429/503 was answered to an ordinary request, success to a hostile one, when memory grew, or
 * the server died.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { ensureReady } from '../../../scripts/bootstrap.mjs';

/** Resident memory that the allocators of the runtimes take and give back as they like, as a share of what was there before. */
const MEMORY_SLACK = 0.15;

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000' },
    concurrent: { type: 'string', default: '16' },
    hostile: { type: 'string', default: '100' },
    'warm-up': { type: 'string', default: '16' },
  },
});
const [requests, concurrent, hostile] = [values.requests, values.concurrent, values.hostile].map(Number);

await ensureReady('@nano-emox/demo');
const server = await startServer();
let failures = 0;
try {
  const { words } = await (await fetch(`${server.address}/api/sample`)).json();
  const clip = new Uint8Array(await (await fetch(`${server.address}/api/sample/clip`)).arrayBuffer());
  const kinds = [
    ['page', () => fetch(server.address)],
    ['health', () => fetch(`${server.address}/api/health`)],
    ['analyze', () => upload(clip, words)],
    ['respond', respond],
  ];
  // Two at once, as the server takes them, until it holds as many clips as it ever will: what comes then must not grow.
  await ordinary([['warm-up', () => upload(clip, words)]], Number(values['warm-up']), 2);
  const before = await memory();
  const seen = await ordinary(kinds, requests, concurrent);
  const after = await memory();
  report(`${requests} requests, ${concurrent} at once`, seen);
  failures += seen.filter(({ status }) => ![200, 429, 503].includes(status)).length;

  const refused = await ordinary(hostileUploads(clip), hostile, 4);
  report(`${hostile} hostile uploads`, refused);
  failures += refused.filter(({ status }) => status === 200).length;
  const last = await settled();
  const end = await memory();
  console.log(`\nresident memory  before ${before} MB, after ${after} MB, after the hostile ones ${end} MB`);
  if (Math.max(after, end) > (1 + MEMORY_SLACK) * before) {
    console.log(`                 which is growth by more than ${100 * MEMORY_SLACK} %`);
    failures++;
  }
  console.log(
    `server           ${last ? 'alive and idle' : 'NOT idle'}; faults it reported: ${server.faults() || 'none'}`,
  );
  if (!last || server.faults()) failures++;
} finally {
  server.stop();
}
console.log(failures === 0 ? '\nall as it should be' : `\n${failures} not as it should be`);
process.exitCode = failures === 0 ? 0 : 1;

/** Starts the built server on a free port. */
async function startServer() {
  const program = fileURLToPath(new URL('../dist/server/main.js', import.meta.url));
  const child = spawn(process.execPath, [program, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  const address = await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', (text) => resolve(text.trim()));
    child.once('exit', () => reject(new Error(`The server did not start.\n${errors}`)));
  });
  return {
    address,
    pid: child.pid,
    faults: () =>
      errors
        .split('\n')
        .filter((line) => /error/i.test(line))
        .join('; '),
    stop: () => child.kill(),
  };
}

/** `count` requests, kind after kind, by `width` clients at once. */
async function ordinary(kinds, count, width) {
  const seen = [];
  let next = 0;
  const client = async () => {
    for (let index = next++; index < count; index = next++) {
      const [kind, send] = kinds[index % kinds.length];
      const startedMs = performance.now();
      const status = await send().then(finish, () => 'hung up');
      seen.push({ kind, status, ms: performance.now() - startedMs });
    }
  };
  await Promise.all(Array.from({ length: width }, client));
  return seen;
}

/** Reads an answer to its end; an error at the end of a stream counts as one. */
async function finish(answer) {
  if (typeof answer === 'number' || typeof answer === 'string') return answer;
  const text = await answer.text();
  const error = answer.status === 200 && /"type":"error","error":\{"code":"(\w+)"/.exec(text);
  return error ? error[1] : answer.status;
}

function upload(bytes, words, name = 'clip.mp4') {
  const body = new FormData();
  if (words) body.set('words', words);
  body.set('clip', new Blob([bytes]), name);
  return fetch(`${server.address}/api/analyze`, { method: 'POST', body });
}

function respond() {
  const body = JSON.stringify({ dialogue: { history: [], input: 'I lost my keys today.' } });
  return fetch(`${server.address}/api/respond`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
}

function hostileUploads(clip) {
  const damaged = clip.slice();
  for (let at = 0; at < damaged.length; at += 97) damaged[at] ^= 0xa5;
  const bomb = gzipSync(Buffer.alloc(100_000_000)); // a hundred megabytes of nothing in a hundred kilobytes
  return [
    ['truncated', () => upload(clip.subarray(0, clip.length / 2))],
    ['zip bomb', () => upload(bomb, '', 'clip.mp4')],
    ['path name', () => upload(new TextEncoder().encode('root'), '', '../../../../etc/passwd')],
    ['2 GB declared', () => raw('content-length: 2147483648')],
    ['slow body', () => raw('content-length: 100000', 'x', 40)],
    ['damaged', () => upload(damaged.subarray(0, damaged.length - 1000))],
  ];
}

/** A request written by hand: a head, then one `piece` every 50 ms, then the client hangs up. */
async function raw(length, piece = '', pieces = 0) {
  const { hostname, port } = new URL(server.address);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket
    .on('error', () => undefined)
    .on('data', (chunk) => {
      answer += chunk;
    });
  socket.write(
    `POST /api/analyze HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: multipart/form-data; boundary=b\r\n${length}\r\n\r\n`,
  );
  socket.write('--b\r\ncontent-disposition: form-data; name="clip"; filename="a.mp4"\r\n\r\n');
  for (let sent = 0; sent < pieces && !answer; sent++) {
    socket.write(piece);
    await sleep(50);
  }
  if (!answer) await sleep(200);
  socket.destroy();
  return Number(/^HTTP\/1.1 (\d+)/.exec(answer)?.[1]) || 'hung up';
}

/** Whether the server comes to rest within a minute. */
async function settled() {
  for (let attempt = 0; attempt < 120; attempt++) {
    const { load } = await (await fetch(`${server.address}/api/health`)).json();
    if (load.running + load.waiting === 0) return true;
    await sleep(500);
  }
  return false;
}

/** Resident memory of the server in megabytes; NaN where the system does not tell it. */
async function memory() {
  try {
    const pages = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'));
    return Math.round(Number(pages?.[1]) / 1024);
  } catch {
    return Number.NaN;
  }
}

function report(title, seen) {
  console.log(`\n${title}`);
  for (const kind of [...new Set(seen.map((entry) => entry.kind)), 'all']) {
    const entries = kind === 'all' ? seen : seen.filter((entry) => entry.kind === kind);
    const statuses = [...new Set(entries.map(({ status }) => status))].sort();
    const counts = statuses.map((status) => `${entries.filter((entry) => entry.status === status).length} × ${status}`);
    const times = entries.map(({ ms }) => ms).sort((a, b) => a - b);
    const quantile = (share) => `${times[Math.min(times.length - 1, Math.floor(share * times.length))].toFixed(0)} ms`;
    console.log(`  ${kind.padEnd(14)} ${counts.join(', ').padEnd(40)} p50 ${quantile(0.5)}, p99 ${quantile(0.99)}`);
  }
}
