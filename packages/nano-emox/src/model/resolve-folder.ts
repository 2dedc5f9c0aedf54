import { MissingDependencyError } from '@nano-emox/tensor-contract';

/** Presets whose weights come as a package, an optional peer of this one. */
const weightPackages: Readonly<
  Record<string, { readonly name: string; readonly load: () => Promise<{ folder: string }> }>
> = {
  tiny: { name: '@nano-emox/weights-tiny', load: () => import('@nano-emox/weights-tiny') },
};

/**
 * The folder of a model: a preset's name stands for its package, anything else is a path (`./tiny` for a folder of that name).
 * @throws MissingDependencyError when the package of the preset is not installed
 */
export async function resolveModelFolder(model: string): Promise<string> {
  const weights = Object.hasOwn(weightPackages, model) ? weightPackages[model] : undefined;
  if (!weights) return model;
  try {
    return (await weights.load()).folder;
  } catch (cause) {
    throw new MissingDependencyError({
      message: `NanoEmoX.fromPretrained: the weights of the preset ${model} are not installed`,
      hint: `Run npm install ${weights.name}, or pass the folder of a model.`,
      dependency: weights.name,
      cause,
    });
  }
}
