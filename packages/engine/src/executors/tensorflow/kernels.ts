import type { Kernels } from './kernel';
import { convolutionKernels } from './kernels/convolution';
import { elementwiseKernels } from './kernels/elementwise';
import { indexingKernels } from './kernels/indexing';
import { matMulKernels } from './kernels/matmul';
import { normalizationKernels } from './kernels/normalization';
import { reduceKernels } from './kernels/reduce';
import { shapeKernels } from './kernels/shape';

/** Every kernel by operation name. Operations without one run as their lowering. */
export const kernels: Kernels = {
  ...elementwiseKernels,
  ...reduceKernels,
  ...shapeKernels,
  ...matMulKernels,
  ...indexingKernels,
  ...convolutionKernels,
  ...normalizationKernels,
};
