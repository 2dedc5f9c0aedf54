import { readFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus, freemem, platform, release, totalmem } from 'node:os';
import type { Finding } from './finding';

const OLDEST_NODE = [20, 19] as const;
/** Instructions that make arithmetic faster, as Linux names them. */
const notable = ['avx', 'avx2', 'fma', 'f16c', 'avx512f', 'avx512_vnni', 'amx_tile', 'asimd', 'asimdhp', 'sve', 'bf16'];

/** The machine and Node. */
export async function platformFindings(): Promise<readonly Finding[]> {
  return [
    found('system', systemText()),
    nodeFinding(process.versions.node),
    found('processor', await processorText()),
    found('memory', memoryText()),
  ];
}

/** @param version of Node, such as `20.19.1` */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const oldest = OLDEST_NODE.join('.');
  const finding = { section: 'Platform', name: 'Node.js', needed: true, detail: `v${version}` } as const;
  if (isNew) return { ...finding, status: 'ok' };
  return {
    ...finding,
    status: 'broken',
    detail: `v${version} is too old`,
    hint: `Install Node.js ${oldest} or newer.`,
  };
}

const found = (name: string, detail: string): Finding => ({
  section: 'Platform',
  name,
  status: 'ok',
  needed: false,
  detail,
});

function systemText(): string {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  const libc = header?.glibcVersionRuntime
    ? `, glibc ${header.glibcVersionRuntime}`
    : platform() === 'linux'
      ? ', musl'
      : '';
  return `${platform()} ${arch()}, ${release()}${libc}`;
}

/** Name, cores and what makes its arithmetic faster. */
export async function processorText(): Promise<string> {
  const features = await processorFeatures();
  const cores = availableParallelism();
  const known = features.length > 0 ? `, ${features.join(' ')}` : '';
  return `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cores} core${cores === 1 ? '' : 's'} to use${known}`;
}

/** Known on Linux alone. */
async function processorFeatures(): Promise<readonly string[]> {
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  const flags = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/));
  return notable.filter((flag) => flags.has(flag));
}

function memoryText(): string {
  const limit = process.constrainedMemory();
  const isLimited = limit > 0 && limit < totalmem();
  return `${gigabytes(freemem())} free of ${gigabytes(totalmem())}${isLimited ? `, at most ${gigabytes(limit)} for this process` : ''}`;
}

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
