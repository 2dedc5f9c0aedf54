export { assertAllclose, maxDifference } from './compare-tensors';
export { type DirectionalGradient, directionalGradient, type GradientCheckOptions } from './directional-gradient';
export { moduleGradients } from './module-gradients';
export { ramp, rows } from './sample-tensors';
export { readFixture, type TensorFixture } from './tensor-fixture';
