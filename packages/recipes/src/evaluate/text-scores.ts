import { labelSets } from '@nano-emox/tasks';
import { f1Score, mean } from '@nano-emox/tasks/metrics';
import { askAll } from './ask-all';
import { evaluatePredictions } from './evaluate-predictions';
import { drawItems, evaluationOf, type MeasureContext, scoreOf } from './measure-context';
import type { Score } from './score';
import { heldOutGoEmotions, heldOutMintrec, readDialogues } from './text-corpora';
import { textSource } from './text-source';

/** Macro-F1 over Ekman's six emotions and neutral; the model names one class, a comment may have several. */
export async function goEmotionsScores(context: MeasureContext): Promise<Score[]> {
  const { items, split } = await heldOutGoEmotions(context.dataFolder);
  const drawn = drawItems(items, context, 'goemotions');
  const rows = drawn.map(({ id, text, label }) => ({
    id,
    split,
    subtitle: text,
    targets: [{ task: 'mer', value: { emotion: label[0] as string } }] as const,
  }));
  const answers = await askAll(context, textSource('goemotions', rows), { tasks: ['mer'] });
  const named = answers.map(({ prediction }) => (typeof prediction === 'object' ? (prediction[0] ?? '') : ''));
  const value = multiLabelMacroF1(
    drawn.map(({ label }) => label),
    named,
    labelSets.sevenEmotions,
  );
  const metric = 'macro-F1, words alone';
  return [
    scoreOf(context, { dataSet: 'GoEmotions, Ekman and neutral', split, metric, value, best: 1, count: drawn.length }),
  ];
}

/** Mean F1 over classes, where a sample may belong to several and one is named. */
export function multiLabelMacroF1(
  gold: readonly (readonly string[])[],
  named: readonly string[],
  classes: readonly string[],
): number {
  return mean(
    classes.map((label) => {
      const support = gold.filter((labels) => labels.includes(label)).length;
      const predicted = named.filter((name) => name === label).length;
      const hits = gold.filter((labels, index) => named[index] === label && labels.includes(label)).length;
      return f1Score(predicted === 0 ? 0 : hits / predicted, support === 0 ? 0 : hits / support);
    }),
  );
}

/** Accuracy over the twenty intents of MIntRec. */
export async function mintrecScores(context: MeasureContext): Promise<Score[]> {
  const { items, split } = await heldOutMintrec(context.dataFolder);
  const rows = drawItems(items, context, 'mintrec').map(({ id, text, label }) => ({
    id,
    split,
    subtitle: text,
    targets: [{ task: 'mir', value: { intent: label } }] as const,
  }));
  const answers = await askAll(context, textSource('mintrec', rows), { tasks: ['mir'] });
  const report = await evaluatePredictions(answers, evaluationOf(context, 'MIntRec, 20 intents, words alone', split));
  return report.scores.filter(({ metric }) => /^MIR (acc|wf1|calibration error)$/.test(metric));
}

/** Hit rate of the emotion that the model states before it answers, on conversations that nothing was trained on. */
export async function dialogueScores(context: MeasureContext): Promise<Score[]> {
  const split = 'dev';
  const rows = drawItems(await readDialogues(context.dataFolder), context, 'dialogues').map(
    ({ id, dialogue, emotion }) => ({
      id,
      split,
      dialogue,
      targets: [
        {
          task: 'erg',
          // The gold value of the score is the emotion alone.
          value: {
            chainOfEmpathy: { speakerEmotion: emotion, eventScenario: '', emotionCause: '', goalToResponse: '' },
            response: '',
          },
        },
      ] as const,
    }),
  );
  const answers = await askAll(context, textSource('dialogues', rows), { tasks: ['erg'] });
  const report = await evaluatePredictions(answers, evaluationOf(context, 'EmpatheticDialogues, words alone', split));
  return report.scores.filter(({ metric }) => /^ERG (hitRate|hitRateCorrected|calibration error)$/.test(metric));
}
