/** Word to group, from lines of a group and its words; frozen. */
function groupsOf(groups: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const words = Object.entries(groups).flatMap(([group, list]) =>
    list.split(' ').map((word) => [word, group] as const),
  );
  return Object.freeze(Object.fromEntries(words));
}

/**
 * What the released code makes of gold emotions of AvaMERG before they are compared, 75 words to 20. It is applied once: a
 * gold *worried* becomes *anxious*, and a gold *anxious* becomes *sad*. Other words stay.
 * @see Nano-EmoX released code, AvaMERG data set
 */
export const ergGoldProjection: Readonly<Record<string, string>> = groupsOf({
  anxious:
    'conflicted anxiety worried uneasy stressed concerned burdened overwhelmed worry nervous stress confusion concern overwhelm',
  afraid: 'vulnerability helplessness fear fragile vulnerable fearful helpless',
  sad: 'sadness frustrated melancholy heavy-hearted melancholic disappointed lonely guilty anxious nostalgic embarrassed sentimental ashamed',
  happy: 'excited proud grateful hopeful confident anticipating joyful prepared content caring trusting faithful',
  tired: 'weary fatigue exhaustion tiredness exhausted tired',
  sentimental: 'pensive reflective thoughtful',
  surprised: 'surprised impressed devastated',
  angry: 'angry annoyed furious',
  annoyed: 'frustration',
  fear: 'afraid terrified apprehensive',
  disappointed: 'upset disappointment',
  jealous: 'lost confused',
  contempt: 'jealous',
  nostalgic: 'nostalgia',
  lonely: 'loneliness',
  ashamed: 'inadequacy',
  guilty: 'regret',
  disgusted: 'disgusted',
});

/** The eight classes of MEAD, in which the hit rate of ERG is counted. */
export const meadClasses = Object.freeze([
  ...(['neutral', 'happy', 'surprised', 'angry', 'fear', 'sad', 'disgusted', 'contempt'] as const),
]);

/** A class of {@link meadClasses}. */
export type MeadClass = (typeof meadClasses)[number];

/**
 * Emotion word to MEAD class as in the released code. *embarrassed* stands there under sad and again under disgusted, and the
 * second wins. A word outside the table has no class; the released code ends with an error on it.
 * @see Nano-EmoX released code, scores of AvaMERG
 */
export const publishedMeadClassOf = groupsOf({
  neutral: 'neutral',
  happy: 'happy joyful prepared content caring trusting faithful confident hopeful grateful proud excited anticipating',
  surprised: 'surprised impressed',
  angry: 'angry furious annoyed',
  fear: 'fear afraid terrified apprehensive',
  sad: 'sad lonely guilty anxious nostalgic disappointed sentimental ashamed devastated',
  disgusted: 'disgusted embarrassed',
  contempt: 'contempt jealous',
}) as Readonly<Record<string, MeadClass>>;

/** Family of our own wheel to MEAD class, for the words that the published table lacks. */
export const meadClassOfFamily: Readonly<Record<string, MeadClass>> = Object.freeze({
  joyful: 'happy',
  affectionate: 'happy',
  confident: 'happy',
  calm: 'neutral',
  neutral: 'neutral',
  interested: 'neutral',
  surprised: 'surprised',
  sad: 'sad',
  ashamed: 'sad',
  afraid: 'fear',
  angry: 'angry',
  disgusted: 'disgusted',
  contemptuous: 'contempt',
});
