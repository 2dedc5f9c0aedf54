import { labelSets } from '../../labels/label-sets';
import type { Dialogue, DialogueTurn } from '../../prompt/dialogue';
import { defaultModalityMode } from '../../prompt/modality-modes';
import type { Corpus, Fields } from '../corpus';
import { fieldOf, fill } from '../template';

/** Turn records carry their dialogue as `dialogue_history`: role and utterance, the current words last. */
function dialogueOf(fields: Fields): Dialogue | undefined {
  const turns = turnsOf(fields);
  const input = turns.at(-1)?.utterance;
  if (input === undefined) return undefined;
  const background = fill('{context}', fields)?.trim();
  return { ...(background ? { background } : {}), history: turns.slice(0, -1), input };
}

function turnsOf(fields: Fields): readonly DialogueTurn[] {
  const history = fieldOf('dialogue_history', fields);
  if (!Array.isArray(history)) return [];
  return history.map((turn) => ({
    role: fill('{role}', turn as Fields) ?? 'unknown',
    utterance: fill('{utterance}', turn as Fields) ?? '',
  }));
}

/** Clips are numbered by utterance, and the speaker utters every second one: turn 1 of dialogue 7 is `dia7utt2_<speaker>`. */
function withClip(fields: Fields): Fields | undefined {
  const turn = Number(fieldOf('turn_id', fields));
  const name = fill('dia{$parent.conversation_id}utt{utterance}_{$parent.speaker_profile.ID}', {
    ...fields,
    utterance: 2 * turn,
  });
  return Number.isInteger(turn) && name !== undefined && turnsOf(fields).length > 0
    ? { ...fields, clip: name }
    : undefined;
}

const format = { kind: 'json', depth: 1 } as const;

export const avaMerg: Corpus = {
  name: 'avamerg',
  title: 'AvaMERG',
  splits: ['train', 'test'],
  licence: 'research only',
  modalityMode: defaultModalityMode,
  candidates: labelSets.avaMerg,
  layouts: [
    {
      expects: 'train.json, test.json (or v_test_v5_0.json): [{ conversation_id, speaker_profile, turns: […] }]',
      files: [
        {
          path: ['train.json'],
          format,
          split: 'train',
          media: { video: ['video/{clip}.mp4'], audio: ['audio/{clip}.wav'] },
        },
        {
          path: [/^(?:test|v_test_v5_0)\.json$/],
          format,
          split: 'test',
          keep: 'last', // the published test asks for the last turn of each dialogue
          media: {
            video: ['test_video/{clip}.mp4', 'video/{clip}.mp4'],
            audio: ['test_audio/{clip}.wav', 'audio/{clip}.wav'],
          },
        },
      ],
      expand: 'turns',
      derive: withClip,
      id: '{$split}/{clip}',
      speaker: '{$parent.speaker_profile.ID}',
      dialogue: dialogueOf,
      targets: [
        {
          task: 'erg',
          eventScenario: '{chain_of_empathy.event_scenario}',
          speakerEmotion: '{chain_of_empathy.speaker_emotion}',
          emotionCause: '{chain_of_empathy.emotion_cause}',
          goalToResponse: '{chain_of_empathy.goal_to_response}',
          response: '{response}',
        },
        { task: 'mer', label: '{chain_of_empathy.speaker_emotion}', labels: labelSets.avaMerg, optional: true },
      ],
    },
  ],
};
