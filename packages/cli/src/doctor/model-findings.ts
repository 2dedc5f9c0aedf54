import type { NanoEmoX } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';
import { loadModel } from '../load-model';
import { percent } from '../report/quantities';
import { printable } from '../report/wrap-text';
import type { ModelChoice } from '../shared-options';
import { type Finding, tryOut } from './finding';

/** The model, tried on the sample clip: whether it loads, finds the face, and answers. */
export async function modelFindings(choice: ModelChoice, signal: AbortSignal): Promise<readonly Finding[]> {
  let model: NanoEmoX | undefined;
  try {
    const loads = await tryOut({ section: 'Model', name: 'loads', needed: true }, async () => {
      model = await loadModel(choice, signal);
      return `${printable(model.config.preset)} on ${model.device}`;
    });
    if (!model) return [loads];
    const asked = model;
    const answers = await tryOut({ section: 'Model', name: 'answers', needed: true }, () => answer(asked, signal));
    return [loads, answers];
  } finally {
    await model?.dispose();
  }
}

async function answer(model: NanoEmoX, signal: AbortSignal): Promise<string> {
  const { tasks, evidence } = await model.analyze(sampleClip.path, { tasks: ['mer'], words: sampleClip.words, signal });
  const { face } = evidence;
  const seen = face ? `a face in ${face.framesWithFace} of ${face.frames} frames, ` : '';
  const outcome = tasks.mer;
  if (outcome?.status === 'parsed')
    return `${seen}"${outcome.value.emotion}" (${percent(outcome.confidence)}) for the sample clip`;
  // A model that is not trained writes something; that it writes is what is looked at here.
  return `${seen}no emotion that can be read: ${outcome?.detail}`;
}
