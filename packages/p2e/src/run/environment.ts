import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';

/** Where a run took place: what numbers may depend on besides configuration and seed. */
export interface Environment {
  readonly node: string;
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Versions of installed packages by name. */
  readonly packages: Readonly<Record<string, string>>;
  readonly gitCommit?: string;
}

const PACKAGES = ['@nano-emox/p2e', '@nano-emox/engine', '@nano-emox/tensor-contract', 'onnxruntime-node'];

/** Describes this process and machine. */
export function readEnvironment(packages: Readonly<Record<string, string>> = {}, gitCommit?: string): Environment {
  return {
    node: process.version,
    platform: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    packages: { ...installedPackages(), ...packages },
    ...(gitCommit !== undefined && { gitCommit }),
  };
}

function installedPackages(): Record<string, string> {
  const here = createRequire(import.meta.url);
  const engine = createRequire(here.resolve('@nano-emox/engine/package.json'));
  const versions = PACKAGES.map((name): [string, string | undefined] => [
    name,
    versionOf(here, name) ?? versionOf(engine, name),
  ]);
  return Object.fromEntries(versions.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function versionOf(from: NodeJS.Require, name: string): string | undefined {
  try {
    return (from(`${name}/package.json`) as { version: string }).version;
  } catch {
    return undefined; // an optional package that is not installed
  }
}
