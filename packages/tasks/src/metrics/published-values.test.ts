import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sharedMetricsFolder } from './__testing__/shared-metrics';
import { empathyScore } from './empathy/empathy-score';
import { hitRateScore } from './hit-rate';
import { intentScore } from './intent';
import { openVocabularyScore } from './open-vocabulary';
import { binarySentimentScore } from './sentiment';
import type { EmotionWheels } from './wheels/emotion-wheels';
import { readEmotionWheels } from './wheels/read-emotion-wheels';
import { wheelMapper } from './wheels/wheel-mapper';

const folder = sharedMetricsFolder();
const expected = (file: string) => JSON.parse(readFileSync(join(folder as string, file), 'utf8'));
type LabelsById = Readonly<Record<string, readonly string[]>>;
type TextById = Readonly<Record<string, string>>;

const title = folder ? `values of the released code, from ${folder}` : 'values of the released code: no shared data';

describe.skipIf(!folder)(title, () => {
  describe('emotion wheels', () => {
    let wheels: EmotionWheels;
    const { openVocabulary, hitRate, labelMapping } = folder ? expected('emotion-wheel-expected.json') : ({} as never);
    beforeAll(async () => {
      wheels = await readEmotionWheels(join(folder as string, 'emotion-wheel'));
    });

    it('read as many words as the published tables hold', () => {
      const onWheels = wheels.wheels.flatMap(({ entries }) => entries.flatMap((entry) => Object.values(entry)));
      expect([wheels.baseWords.size, wheels.wheelWords.size, new Set(onWheels).size]).toEqual([7386, 1255, 253]);
    });

    it('map every label as published', () => {
      const mappers = wheels.wheels.map((wheel) => wheelMapper(wheels, wheel));
      const mapped = Object.keys(labelMapping).map((label) => [label, mappers.map((map) => map(label) ?? null)]);
      expect(Object.fromEntries(mapped)).toEqual(labelMapping);
    });

    it.each(['level1', 'level2'] as const)('score open vocabularies by %s', (level) => {
      const { groundTruth, prediction } = openVocabulary as { groundTruth: LabelsById; prediction: LabelsById };
      const samples = Object.entries(groundTruth).map(([id, gold]) => ({ gold, prediction: prediction[id] ?? [] }));
      const scores = openVocabularyScore(samples, wheels, { level });
      const found = [scores?.mean, ...(scores?.perWheel.map(({ score }) => score) ?? [])];
      for (const [index, score] of [openVocabulary[level].mean, ...openVocabulary[level].perWheel].entries()) {
        for (const name of ['f', 'precision', 'recall'] as const) {
          expect(Math.abs((found[index]?.[name] ?? Number.NaN) - score[name])).toBeLessThan(1e-9);
        }
      }
    });

    it('count hits', () => {
      const { groundTruth, prediction } = hitRate as { groundTruth: TextById; prediction: LabelsById };
      const samples = Object.entries(groundTruth).map(([id, gold]) => ({ gold, prediction: prediction[id] ?? [] }));
      const scores = hitRateScore(samples, wheels);
      const found = [scores?.mean, ...(scores?.perWheel.map(({ score }) => score) ?? [])];
      for (const [index, score] of [hitRate.expected.mean, ...hitRate.expected.perWheel].entries()) {
        for (const name of ['hitRate', 'mScore'] as const) {
          expect(Math.abs((found[index]?.[name] ?? Number.NaN) - score[name])).toBeLessThan(1e-9);
        }
      }
    });

    it('show the consequences of the published rule, and that voting avoids them', () => {
      const groups = (label: string, rule: 'published' | 'votes') =>
        wheels.wheels.map((wheel) => wheelMapper(wheels, wheel, { rule })(label));
      expect(groups('fear', 'published')).toEqual(['scared', 'happy', 'joyful', 'genius', 'joyful']);
      expect(groups('fear', 'votes')).toEqual(['scared', 'fearful', 'scared', 'fear', 'scared']);
    });
  });

  it('ERG, MIR and MSA are equal to what the released code prints', () => {
    const { erg, mir, msa } = expected('erg-mir-msa-expected.json');
    const responses = erg.responses as TextById;
    const empathy = empathyScore(
      Object.entries(erg.groundTruth as TextById).map(([id, gold]) => ({ gold, response: responses[id] ?? '' })),
    );
    expect(empathy).toEqual({
      emotionAccuracy: erg.expected.Emotion_Accuracy,
      hitRate: erg.expected.Hitrate,
      dist1: erg.expected['Dist-1'],
      dist2: erg.expected['Dist-2'],
    });

    const intents = Object.entries(mir.groundTruth as TextById);
    expect(intentScore(intents.map(([id, gold]) => ({ gold, prediction: mir.prediction[id] })))).toEqual({
      acc: mir.expected.Intent_Accuracy,
      wf1: mir.expected.Weighted_F1,
      wp: mir.expected.Weighted_Precision,
    });

    const polarity = msa.predictedPolarity as readonly number[];
    const sentiment = binarySentimentScore(
      (msa.valence as readonly number[]).map((gold, index) => ({ gold, prediction: polarity[index] ?? 0 })),
    );
    expect(Math.abs(sentiment.waf - msa.expected.waf)).toBeLessThan(1e-9);
    expect(Math.abs(sentiment.accuracy - msa.expected.acc)).toBeLessThan(1e-9);
  });
});
