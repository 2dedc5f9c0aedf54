import { MissingDependencyError } from '@nano-emox/tensor-contract';

type LibavModule = typeof import('node-av/lib');
type LibavConstants = typeof import('node-av/constants');

/** The native library and its constants. */
export interface Libav {
  readonly lib: LibavModule;
  readonly constants: LibavConstants;
}

let loading: Promise<Libav> | undefined;

/**
 * Loads the native library on first use (about 0.1 s), so importing this package costs nothing. Only `node-av/lib` is used:
 * unlike its high-level API it runs on Node 20 without `Promise.withResolvers`.
 * @throws MissingDependencyError when the binary package of this platform is not installed
 */
export function loadLibav(): Promise<Libav> {
  loading ??= (async () => {
    const [lib, constants] = await Promise.all([import('node-av/lib'), import('node-av/constants')]);
    // The native library would otherwise report on standard error; what matters is returned as errors and warnings.
    lib.Log.setLevel(constants.AV_LOG_QUIET);
    return { lib, constants };
  })().catch((cause) => {
    loading = undefined;
    throw new MissingDependencyError({
      message: `media: the decoder binary for ${process.platform}-${process.arch} cannot be loaded`,
      hint: `Install again with optional dependencies, e.g. npm install node-av --include=optional; the binary is in @seydx/node-av-${process.platform}-${process.arch}.`,
      dependency: 'node-av',
      cause,
    });
  });
  return loading;
}
