import type { HostTensor } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { evaluateReference } from '../executors/reference';
import type { Value } from '../graph/value';
import { type GradientCase, gradientCases } from './__fixtures__/gradient-cases';
import { type TracedCase, traceCase } from './__fixtures__/trace-case';
import { gradientRules } from './gradient-rules';
import { quantisedRules } from './rules/quantised';

/** Step of the central differences: truncation ~ step², rounding ~ 10⁻¹⁶ / step, both near 10⁻¹¹. */
const STEP = 1e-5;
const RELATIVE_TOLERANCE = 1e-7;

type Feeds = Record<string, HostTensor<'float64'>>;

function evaluate(values: ReadonlyMap<string, Value>, inputs: Feeds): Map<string, Float64Array> {
  const results = evaluateReference(values, { inputs, floatType: 'float64' });
  return new Map([...results].map(([name, { data }]) => [name, data as Float64Array]));
}

/** Slope of the loss in each element of one input. */
function centralDifferences({ loss, feeds }: TracedCase, name: string): number[] {
  const { dims, data } = feeds[name] as HostTensor<'float64'>;
  const lossAt = (index: number, element: number) => {
    const moved: HostTensor<'float64'> = { type: 'float64', dims, data: data.with(index, element) };
    return evaluate(new Map([['loss', loss]]), { ...feeds, [name]: moved }).get('loss')?.[0] as number;
  };
  return Array.from(data, (element, index) => {
    const [low, high] = [element - STEP, element + STEP];
    return (lossAt(index, high) - lossAt(index, low)) / (high - low);
  });
}

/** Largest difference relative to the largest expected element. */
function relativeError(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(...expected.map(Math.abs), 1e-3);
  return Math.max(...expected.map((element, index) => Math.abs(element - (actual[index] as number)))) / scale;
}

const titled = gradientCases.map((testCase): [string, GradientCase] => [
  `${testCase.rule}: ${testCase.variant}`,
  testCase,
]);

describe('gradient rules', () => {
  it('are all covered by the cases', () => {
    // Rules that only refuse are tested where quantised graphs are.
    const covered = new Set([...gradientCases.map(({ rule }) => rule), ...Object.keys(quantisedRules)]);
    expect(Object.keys(gradientRules).filter((name) => !covered.has(name))).toEqual([]);
  });

  it('have cases of distinct names, so that each has data of its own', () => {
    expect(new Set(titled.map(([title]) => title)).size).toBe(titled.length);
  });

  it.each(titled)('agree with central differences: %s', (_title, testCase) => {
    const traced = traceCase(testCase);
    const values = traced.gradients.map((value, index) => [`x${index}`, value] as const);
    const analytic = evaluate(new Map([['loss', traced.loss], ...values]), traced.feeds);
    const numeric = traced.inputNames.map((name) => centralDifferences(traced, name));
    expect(numeric.flat().some((slope) => Math.abs(slope) > 1e-2)).toBe(true);
    traced.inputNames.forEach((name, index) => {
      const error = relativeError(analytic.get(name) as Float64Array, numeric[index] as number[]);
      expect(error, name).toBeLessThanOrEqual(RELATIVE_TOLERANCE);
    });
  });
});
