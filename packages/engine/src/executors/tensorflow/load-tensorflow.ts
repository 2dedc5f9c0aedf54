import { InvalidArgumentError, MissingDependencyError } from '@nano-emox/tensor-contract';
import type { TensorFlow } from './kernel';

/** Builds of TensorFlow.js, the fastest first. The wasm one is for every platform. */
export const tensorFlowBuilds = ['node-gpu', 'node', 'wasm'] as const;
export type TensorFlowBuild = (typeof tensorFlowBuilds)[number];

/** A build in use. */
export interface LoadedTensorFlow {
  readonly tf: TensorFlow;
  readonly build: TensorFlowBuild;
  /** Why faster builds are not used. */
  readonly skipped: readonly string[];
}

/** Packages of each build, the one with the operations first, and the name of its backend. */
const packages: Readonly<Record<TensorFlowBuild, { readonly names: readonly string[]; readonly backend: string }>> = {
  'node-gpu': { names: ['@tensorflow/tfjs-node-gpu'], backend: 'tensorflow' },
  node: { names: ['@tensorflow/tfjs-node'], backend: 'tensorflow' },
  wasm: { names: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'], backend: 'wasm' },
};

/** Loads a package by name; a parameter, so that tests need not uninstall anything. */
export type ImportPackage = (name: string) => Promise<unknown>;

// The name is not a literal: bundlers would demand the package.
const importPackage: ImportPackage = (name) => import(/* @vite-ignore */ name);

/**
 * Finds an installed build that works; with `auto` the fastest. Its backend becomes the one of the process, as TensorFlow.js
 * has one at a time.
 * @throws MissingDependencyError with what was tried and what to install
 */
export async function loadTensorFlow(
  wanted: 'auto' | TensorFlowBuild,
  load: ImportPackage = importPackage,
): Promise<LoadedTensorFlow> {
  if (wanted !== 'auto' && !tensorFlowBuilds.includes(wanted)) {
    throw new InvalidArgumentError({
      message: `there is no build ${wanted} of TensorFlow.js`,
      hint: `Choose auto, ${tensorFlowBuilds.join(', ')}.`,
      argument: 'build',
    });
  }
  const candidates = wanted === 'auto' ? tensorFlowBuilds : [wanted];
  const skipped: string[] = [];
  const causes: unknown[] = [];
  for (const build of candidates) {
    try {
      return { tf: await openBuild(build, load), build, skipped };
    } catch (cause) {
      skipped.push(`${packages[build].names.join(' with ')}: ${reasonOf(cause)}`);
      causes.push(cause);
    }
  }
  const install = wanted === 'auto' ? 'wasm' : wanted;
  throw new MissingDependencyError({
    message: `TensorFlow.js cannot be loaded on ${process.platform} ${process.arch}: ${skipped.join('; ')}`,
    hint: `Run \`npm install ${packages[install].names.join(' ')}\`${wanted === 'auto' ? ', or @tensorflow/tfjs-node for the native library' : ''}.`,
    dependency: packages[install].names.join(' '),
    cause: new AggregateError(causes),
  });
}

async function openBuild(build: TensorFlowBuild, load: ImportPackage): Promise<TensorFlow> {
  const { names, backend } = packages[build];
  const modules = [];
  for (const name of names) modules.push(await load(name));
  const [first] = modules as [TensorFlow & { readonly default?: TensorFlow }];
  const tf = first.default ?? first;
  if (!(await tf.setBackend(backend))) throw new Error(`its backend ${backend} does not start`);
  await tf.ready();
  probe(tf);
  return tf;
}

/** A binding can load and yet not run, as `tfjs-node` 4.22 on Node 23 and later. @throws Error */
function probe(tf: TensorFlow): void {
  const [sum] = tf.tidy(() => tf.sum(tf.concat([tf.tensor1d([1, 2]), tf.tensor1d([4])])).dataSync());
  if (sum !== 7) throw new Error(`it computed 1 + 2 + 4 = ${sum}`);
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as { code?: string; message?: string };
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return 'not installed';
  return String(message ?? cause).split('\n')[0] as string;
}
