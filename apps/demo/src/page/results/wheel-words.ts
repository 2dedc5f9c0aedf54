/** The eight families of the wheel, clockwise from the top, each facing its opposite. */
export const families = ['joy', 'trust', 'fear', 'surprise', 'sadness', 'disgust', 'anger', 'anticipation'] as const;
export type Family = (typeof families)[number];

/** Where a word lies: its family, and how strong it is (0 mild, 1 plain, 2 strong). */
export interface WheelPlace {
  readonly family: Family;
  readonly strength: 0 | 1 | 2;
}

/** Common words for how somebody comes across: mild, plain, strong. A coarse map of our own, for orientation only. */
const words: Readonly<Record<Family, readonly [mild: string, plain: string, strong: string]>> = {
  joy: [
    'content contented calm relaxed pleased relieved relief satisfied comfortable serene optimistic optimism',
    'happy happiness joy joyful cheerful amused amusement glad proud pride playful delighted hopeful hope',
    'ecstatic elated overjoyed thrilled excited excitement enthusiastic euphoric passionate',
  ],
  trust: [
    'friendly accepting approval agreeable polite caring sympathetic',
    'trust trusting grateful gratitude confident warm supportive faithful sincere affectionate',
    'love loving admiration admiring devoted adoring',
  ],
  fear: [
    'uneasy apprehensive hesitant nervous nervousness shy doubtful doubt concerned cautious',
    'fear fearful afraid scared anxious anxiety worried worry tense stressed stress insecure helpless',
    'terrified terror panicked panic desperate horrified overwhelm overwhelmed',
  ],
  surprise: [
    'puzzled confused confusion perplexed distracted bewildered conflicted',
    'surprise surprised startled wondering realization disbelief',
    'astonished amazed shocked stunned awed speechless',
  ],
  sadness: [
    'pensive tired weary nostalgic nostalgia wistful disappointed disappointment bored embarrassed embarrassment exhausted',
    'sad sadness unhappy lonely loneliness hurt upset guilty guilt regret remorse ashamed shame sorrow burdened',
    'grief grieving despair despairing devastated heartbroken miserable melancholy depressed',
  ],
  disgust: [
    'dislike disapproval aversion skeptical sceptical reluctant',
    'disgust disgusted contempt contemptuous scornful dissatisfied',
    'loathing revolted repulsed hateful hatred',
  ],
  anger: [
    'annoyed annoyance irritated impatient sarcastic envious jealous',
    'anger angry frustrated frustration indignant resentful mad blaming',
    'furious rage enraged outraged hostile',
  ],
  anticipation: [
    'interested interest curious curiosity attentive serious thoughtful expectant',
    'anticipation anticipating eager determined desire prepared',
    'impassioned vigilant ambitious',
  ],
};

const places = new Map<string, WheelPlace>(
  families.flatMap((family) =>
    words[family].flatMap((list, strength) =>
      list.split(' ').map((word) => [word, { family, strength: strength as 0 | 1 | 2 }] as const),
    ),
  ),
);

/** Where a word lies on the wheel; undefined for one that the map does not hold. */
export function placeOf(word: string): WheelPlace | undefined {
  return places.get(word.trim().toLowerCase());
}
