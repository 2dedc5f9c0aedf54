import { type Emotion, emotionValence } from '../emotion';
import { clamp } from '../numbers';
import type { Random } from '../random';
import { anger } from './anger';
import { disgust } from './disgust';
import { fear } from './fear';
import { capitalised, chooseSlots, fillClause, fillTemplate } from './fill';
import { happy } from './happy';
import { neutral } from './neutral';
import { sad } from './sad';
import type { EmotionGrammar, Intent } from './situation';
import { surprise } from './surprise';

export const grammars: Readonly<Record<Emotion, EmotionGrammar>> = {
  anger,
  disgust,
  fear,
  happy,
  neutral,
  sad,
  surprise,
};

/** What is said in a clip and all that is true about it. */
export interface Script {
  /** The spoken words; empty for a cry or laugh without words. */
  readonly text: string;
  readonly topic: string;
  readonly eventScenario: string;
  readonly emotionCause: string;
  /** What a kind listener wants to do, "to …" left out. */
  readonly responseGoal: string;
  readonly empathicResponse: string;
  /** One of MIntRec's twenty intents; null where nothing is said. */
  readonly intent: Intent | null;
  /** Two to four open-vocabulary names; one for neutral. */
  readonly emotionWords: readonly string[];
  /** [-1, 1]. */
  readonly valence: number;
}

export interface ScriptOptions {
  /** [0, 1]. @default 0.7 */
  readonly intensity?: number;
  /** `neutral`: everyday words that do not give the emotion away; `none`: a sound without words. @default 'matching' */
  readonly words?: 'matching' | 'neutral' | 'none';
}

/** Draws an utterance for `emotion` from the project's own sentence grammar, with its ground truth. */
export function sampleScript(emotion: Emotion, random: Random, options: ScriptOptions = {}): Script {
  const { intensity = 0.7, words = 'matching' } = options;
  const felt = grammars[emotion];
  const emotionWords = sampleEmotionWords(felt, intensity, random);
  const goal = random.pick(felt.goals);
  const told = words === 'matching' || emotion === 'neutral' ? felt : neutral;
  if (words === 'none') {
    return {
      text: '',
      topic: 'no words',
      eventScenario: 'The speaker makes a sound without words.',
      emotionCause: 'the cause is not said',
      responseGoal: goal,
      empathicResponse: unspokenResponse(emotion, emotionWords[0]!, random),
      intent: null,
      emotionWords,
      valence: valenceOf(emotion, intensity, undefined, random),
    };
  }
  const situation = random.pick(told.situations);
  const slots = chooseSlots(situation, random);
  const [line, intent] = random.pick(situation.lines);
  const revealed = told === felt;
  const spoken = fillClause(line, slots, 'speaker');
  return {
    text: withOpener(random.pick(told.openers), spoken, random),
    topic: situation.topic,
    eventScenario: fillTemplate(situation.scenario, slots, 'narrator'),
    emotionCause: revealed ? fillClause(situation.cause, slots, 'narrator') : 'the cause is not said in the words',
    responseGoal: goal,
    empathicResponse: revealed
      ? fillTemplate(random.pick(situation.responses), slots, 'listener')
      : unspokenResponse(emotion, emotionWords[0]!, random),
    intent,
    emotionWords,
    valence: valenceOf(emotion, intensity, revealed ? situation.valence : undefined, random),
  };
}

/** "Oh," + "My cat …" → "Oh, my cat …"; after a full stop or mark the sentence keeps its capital. */
function withOpener(opener: string, line: string, random: Random): string {
  const closing = /!$/.test(line) && random.chance(0.4) ? line.replace(/!$/, '.') : line;
  if (opener === '' || /^(Oh|Well|Hey|Hello|Hi|Yes|No|Look|Guess|Please)\b/.test(closing)) return capitalised(closing);
  const keepsCapital =
    !opener.endsWith(',') ||
    !/^(The|This|That|There|They|We|You|Our|My|It|Can|Could|Do|Did|What|Who|How|Why|Please|Let|If|Stop|Never|Get|Take|Leave|Come|Everyone|After|All|Every|These|Keep|Suddenly|Nobody|Good|Be|Thank|People|Some)\b/.test(
      closing,
    );
  return capitalised(`${opener} ${keepsCapital ? closing : closing.charAt(0).toLowerCase() + closing.slice(1)}`);
}

/** Two to four words around the clip's strength, the closest first. */
function sampleEmotionWords(grammar: EmotionGrammar, intensity: number, random: Random): string[] {
  if (grammar.words.length === 1) return [grammar.words[0]![0]!];
  const level = clamp(Math.floor(intensity * grammar.words.length), 0, grammar.words.length - 1);
  const near = [...grammar.words[level]!];
  const chosen = [near.splice(random.integer(near.length), 1)[0]!, near.splice(random.integer(near.length), 1)[0]!];
  if (level !== 1 && random.chance(0.6)) chosen.push(random.pick(grammar.words[1]!));
  if (near.length > 0 && random.chance(0.3)) chosen.push(near[0]!);
  return chosen;
}

function valenceOf(emotion: Emotion, intensity: number, told: number | undefined, random: Random): number {
  const full = told ?? emotionValence[emotion];
  const strength = emotion === 'neutral' ? 0 : 0.45 + 0.55 * intensity;
  return clamp(full * strength + random.normal(0, 0.04), -1, 1);
}

/** An answer to feeling that shows without being put into words. */
function unspokenResponse(emotion: Emotion, word: string, random: Random): string {
  if (emotion === 'neutral') return random.pick(['All right, I am listening.', 'Thank you, tell me more if you like.']);
  if (emotion === 'happy') {
    return random.pick([
      `You seem ${word}, I would love to hear what made your day!`,
      `It is good to see you so ${word}. What is the nice news?`,
    ]);
  }
  if (emotion === 'surprise')
    return random.pick([`You look ${word}! What just happened?`, `You seem ${word}, tell me what it was.`]);
  return random.pick([
    `You seem ${word}, even if you do not say it. Do you want to talk about it?`,
    `I notice that you sound or look ${word}. I am here, take your time.`,
    `Something makes you ${word}, does it not? I will listen whenever you like.`,
  ]);
}
