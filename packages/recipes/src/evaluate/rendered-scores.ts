import { join } from 'node:path';
import { loadRendered } from '../data/rendered';
import { encodersOf } from '../sources/frozen-encoders';
import { selectSource } from '../sources/select-source';
import { renderedSource } from '../tiny/rendered-source';
import { askAll } from './ask-all';
import { evaluatePredictions, perceptionTasks } from './evaluate-predictions';
import { drawItems, evaluationOf, type MeasureContext, scoreOf } from './measure-context';
import type { Score } from './score';

/** Rendered clips that decide nothing. */
const TEST_CLIPS = 160;

/** The numbers of a model card; the variants of each metric are for whoever scores a corpus. */
const HEADLINES =
  /^(MSA waf|MER (hitRate|accuracy)|OV-MER f|ERI clueOverlap|MIR acc|ERG hitRate|perception average .*|.* (right answers|calibration error))$/;

/** The whole model on rendered clips that it was neither trained on nor chosen by: all six tasks with words, perception without. */
export async function renderedScores(context: MeasureContext): Promise<Score[]> {
  const { model, cacheFolder, signal } = context;
  const { test } = await loadRendered({
    cacheFolder,
    size: model.config.sceneEncoder.imageSize,
    trainCount: 0,
    validationCount: 0,
    testCount: TEST_CLIPS,
    ...(signal && { signal }),
  });
  const all = await renderedSource(test, {
    encoders: encodersOf(model),
    input: model.config.input,
    cacheFolder: join(cacheFolder, 'features'),
    split: 'test',
  });
  const indices = drawItems(
    Array.from({ length: all.length }, (_, index) => index),
    context,
    'rendered',
  );
  const source = selectSource(all, { indices });
  const scores: Score[] = [];
  for (const words of [true, false]) {
    const facts = { dataSet: 'rendered clips', split: `test, ${words ? 'with' : 'without'} words` };
    const answers = await askAll(context, source, { words, ...(!words && { tasks: perceptionTasks }) });
    const parsed = answers.filter(({ unparsed }) => unparsed === undefined).length;
    const report = await evaluatePredictions(answers, evaluationOf(context, facts.dataSet, facts.split));
    scores.push(
      ...report.scores.filter(({ metric }) => HEADLINES.test(metric)),
      scoreOf(context, {
        ...facts,
        metric: 'answers that parse',
        value: parsed / answers.length,
        best: 1,
        count: answers.length,
      }),
    );
  }
  return scores;
}
