import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { taskIds } from '@nano-emox/tasks';
import { afterAll, describe, expect, it } from 'vitest';
import { brief, createTinyModel, hasTrainedModel, trainedModelFolder } from './__fixtures__/tiny-model';
import { NanoEmoX } from './index';

const data = process.env.NANO_EMOX_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const folder = join(data, 'clips');
const clips = existsSync(folder) ? readdirSync(folder).filter((name) => /\.(mp4|mpg|mov|mkv|webm)$/.test(name)) : [];

describe.skipIf(clips.length === 0)('clips of real people (skipped where shared/data/clips is absent)', async () => {
  const model =
    clips.length === 0
      ? undefined
      : await (hasTrainedModel ? NanoEmoX.fromPretrained(trainedModelFolder) : createTinyModel());
  afterAll(async () => model?.dispose());

  it.each(clips)('%s gives six results from picture, face and voice', async (name) => {
    // A trained model ends its answers by itself; fresh weights do not.
    const result = await (model as NanoEmoX).analyze(join(folder, name), hasTrainedModel ? {} : { sampling: brief });
    expect(Object.keys(result.tasks)).toEqual(taskIds);
    expect(result.modalities).toEqual(expect.arrayContaining(['frame', 'face']));
    expect(result.evidence.face?.framesWithFace).toBeGreaterThanOrEqual(6);
    if (!hasTrainedModel) return;
    expect(Object.values(result.tasks).filter(({ status }) => status === 'parsed').length).toBeGreaterThanOrEqual(4);
  });
});
