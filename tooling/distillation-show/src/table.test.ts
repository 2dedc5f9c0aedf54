import { expect, it } from 'vitest';
import type { Result } from './experiment';
import { reportOf } from './table';

const result = (
  group: Result['group'],
  name: string,
  seed: number,
  accuracy: number,
  headAccuracy?: number,
): Result => ({
  ...{ group, name, seed, accuracy, calibrationErrorBefore: 0.1, calibrationErrorAfter: 0.05, parameters: 500 },
  ...(headAccuracy !== undefined && { headAccuracy }),
});

const rivals = { teacher: 0.4, languageModel: 0.35, teacherOnGateRows: 0.4, modelParameters: 100_000, description: '' };

it('has means and deviations over seeds, and says of each finding whether it holds', () => {
  const report = reportOf(
    [
      ...[0.5, 0.54].map((accuracy, seed) => result('head', 'KD, depth 1', seed, accuracy)),
      ...[0.55, 0.55].map((accuracy, seed) => result('head', 'KD, depth 3', seed, accuracy)),
      ...[0.2, 0.2].map((accuracy, seed) => result('head', 'KD, depth 2', seed, accuracy)),
      ...[0.6, 0.4].map((accuracy, seed) => result('head', 'CE only, depth 1', seed, accuracy)),
      ...[0.3, 0.3].map((accuracy, seed) => result('gate', 'concat, logits', seed, accuracy, 0.32)),
      ...[0.2, 0.2].map((accuracy, seed) => result('gate', 'cross, logits', seed, accuracy, 0.32)),
    ],
    rivals,
  );
  expect(report).toContain('| KD, depth 1 | 52.00 ± 2.83 | 0.100 | 0.050 | 500 | 0.500 % | 2 |');
  expect(report).toContain('- Student ≥ teacher: yes. KD, depth 1 52.00 %, teacher 40.00 %.');
  expect(report).toContain(
    '- Shallow ≥ deep: no. KD, depth 1 52.00 %, the best of the deeper ones is KD, depth 3 55.00 %.',
  );
  expect(report).toContain(
    '- The teacher helps over labels alone: yes. KD, depth 1 52.00 %, CE only, depth 1 50.00 %.',
  );
  expect(report).toContain(
    '- A gate ≥ both that it weighs: no. concat, logits 30.00 %, head alone 32.00 %, language model 35.00 %.',
  );
});
