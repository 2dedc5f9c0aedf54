import { expectTypeOf, test } from 'vitest';
import type { IntentValue } from '../task';
import {
  type EmotionSampleRow,
  type IndexedDataSet,
  indexDataSet,
  openDataSet,
  type SampleTarget,
  tableDataSet,
} from '.';

/** What the sampler of a trainer asks for. */
interface TrainingSet<Sample> {
  readonly name: string;
  readonly length: number;
  get(index: number): Sample | Promise<Sample>;
}

test('an indexed data set can be sampled from', () => {
  expectTypeOf<IndexedDataSet>().toExtend<TrainingSet<EmotionSampleRow>>();
  expectTypeOf(indexDataSet).returns.resolves.toEqualTypeOf<IndexedDataSet>();
});

test('the value of a target follows from its task', () => {
  expectTypeOf<Extract<SampleTarget, { task: 'mir' }>['value']>().toEqualTypeOf<IntentValue>();
  expectTypeOf<EmotionSampleRow['targets'][0]>().toEqualTypeOf<SampleTarget>();
});

test('names are checked, descriptions are taken as well', () => {
  expectTypeOf(openDataSet).toBeCallableWith('mer-caption-plus', '.');
  expectTypeOf(openDataSet).toBeCallableWith(tableDataSet({ name: 'a', files: 'a.csv', id: '{id}', targets: [] }), '.');
  // @ts-expect-error: no such corpus
  openDataSet('mintrec3', '.');
});
