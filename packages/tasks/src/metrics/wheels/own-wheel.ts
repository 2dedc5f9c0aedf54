import { createEmotionWheels, type EmotionWheels, type WheelEntry } from './emotion-wheels';

/**
 * Our own wheel: family, shade, and the words of each shade. A word brings its forms behind slashes, itself first. The words
 * are everyday English for how someone feels; no two shades share a form, so every form has one place.
 */
const families: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  joyful: {
    happy:
      'happy/happily/happiness/happier/happiest glad/gladly/gladness joyful/joy/joyfully/joyous cheerful/cheerfully/cheerfulness/cheery',
    delighted:
      'delighted/delight/delightful/delightedly pleased/pleasure/pleasant overjoyed elated/elation ecstatic/ecstasy',
    amused:
      'amused/amusement/amusing playful/playfully/playfulness humorous/humor/humour merry/merriment laughing/laughter',
    excited:
      'excited/excitement/excitedly/exciting thrilled/thrill/thrilling enthusiastic/enthusiasm/enthusiastically eager/eagerly/eagerness energetic/energetically lively/liveliness',
    content:
      'content/contented/contentment/contentedly satisfied/satisfaction fulfilled/fulfilment/fulfillment comfortable/comfortably comfort',
    hopeful:
      'hopeful/hope/hopefully/hopefulness optimistic/optimism/optimistically anticipating/anticipation expectant/expectation encouraged/encouragement',
    relieved: 'relieved/relief reassured/reassurance',
  },
  affectionate: {
    loving:
      'loving/love/lovingly/loved fond/fondly/fondness affectionate/affection/affectionately devoted/devotion romantic infatuated/infatuation',
    caring:
      'caring/care/cared kind/kindly/kindness gentle/gently/gentleness tender/tenderly/tenderness warm/warmly/warmth friendly/friendliness',
    compassionate:
      'compassionate/compassion sympathetic/sympathy/sympathetically empathetic/empathy empathic understanding',
    grateful: 'grateful/gratefully/gratitude thankful/thankfully/thankfulness appreciative/appreciation/appreciated',
    trusting: 'trusting/trust/trusted faithful/faithfully/faith loyal/loyally/loyalty',
    admiring: 'admiring/admiration/admire impressed/impressive respectful/respect/respected inspired/inspiration',
  },
  confident: {
    proud: 'proud/proudly/pride triumphant/triumph/triumphantly accomplished/accomplishment successful/success',
    assured: 'assured/assurance confident/confidence/confidently certain/certainty secure/security',
    determined:
      'determined/determination motivated/motivation ambitious/ambition persistent/persistence prepared/preparation',
    brave: 'brave/bravely/bravery courageous/courage bold/boldly/boldness daring',
  },
  calm: {
    peaceful: 'peaceful/peacefully/peace calm/calmly/calmness serene/serenity tranquil/tranquility tranquillity',
    relaxed: 'relaxed/relax/relaxation/relaxing easygoing composed/composure patient/patiently/patience',
  },
  neutral: {
    impassive: 'neutral/neutrally/neutrality indifferent/indifference impassive expressionless unemotional',
    thoughtful:
      'thoughtful/thoughtfully/thoughtfulness pensive/pensively reflective/reflection serious/seriously/seriousness',
  },
  interested: {
    curious: 'curious/curiously/curiosity interested/interest intrigued/intrigue inquisitive fascinated/fascination',
    focused: 'focused/focus attentive/attention/attentively absorbed engaged/engagement',
    longing: 'longing/yearning desiring/desire nostalgic/nostalgia/nostalgically sentimental/sentimentality',
  },
  surprised: {
    astonished: 'astonished/astonishment amazed/amazement surprised/surprise/surprisedly awed/awe stunned',
    shocked: 'shocked/shock startled dumbfounded speechless disbelieving/disbelief incredulous/incredulity',
    confused:
      'confused/confusion/confusedly puzzled/puzzlement bewildered/bewilderment perplexed/perplexity baffled lost',
    doubtful:
      'doubtful/doubt/doubtfully uncertain/uncertainty sceptical/skeptical/scepticism/skepticism hesitant/hesitation/hesitantly conflicted suspicious/suspicion/suspiciously',
  },
  sad: {
    sorrowful:
      'sorrowful/sorrow sad/sadly/sadness unhappy/unhappily/unhappiness melancholic/melancholy tearful/tears crying weeping gloomy/gloom',
    grieving: 'grieving/grief heartbroken/heartbreak mourning devastated/devastation anguished/anguish',
    hopeless:
      'hopeless/hopelessness/hopelessly desperate/despair/desperately/desperation despairing depressed/depression pessimistic/pessimism helpless/helplessness/helplessly powerless/powerlessness miserable/misery',
    disappointed:
      'disappointed/disappointment/disappointedly discouraged/discouragement disheartened dejected/dejection disillusioned',
    lonely:
      'lonely/loneliness lonesome isolated/isolation abandoned/abandonment homesick/homesickness rejected/rejection',
    hurt: 'hurt/hurtful wounded wronged aggrieved vulnerable/vulnerability heavyhearted heavy-hearted upset pained/pain',
    tired:
      'tired/tiredness weary/weariness/wearily exhausted/exhaustion fatigued/fatigue bored/boredom numb/numbness apathetic/apathy',
  },
  ashamed: {
    guilty: 'guilty/guilt/guiltily remorseful/remorse regretful/regret/regretfully apologetic/apologetically sorry',
    embarrassed:
      'embarrassed/embarrassment/embarrassedly awkward/awkwardly/awkwardness shy/shyly/shyness bashful self-conscious',
    humiliated:
      'humiliated/humiliation ashamed/shame/shameful inferior/inferiority inadequate/inadequacy worthless/worthlessness insecure/insecurity',
  },
  afraid: {
    fearful: 'fearful/fear/fearfully afraid scared/scary frightened/fright dreading/dread',
    terrified: 'terrified/terror horrified/horror panicked/panic/panicky petrified',
    anxious:
      'anxious/anxiety/anxiously nervous/nervously/nervousness worried/worry/worriedly/worrying concerned/concern apprehensive/apprehension uneasy/unease/uneasiness uneasily restless/restlessness',
    stressed: 'stressed/stress tense/tension overwhelmed/overwhelm burdened/burden pressured/pressure urgent/urgency',
    timid: 'timid/timidly/timidity cautious/caution/cautiously intimidated/intimidation threatened/threat',
  },
  angry: {
    furious:
      'furious/fury/furiously enraged/rage raging outraged/outrage livid hostile/hostility aggressive/aggression/aggressively',
    mad: 'mad/madly angry/anger/angrily indignant/indignation/indignantly',
    annoyed:
      'annoyed/annoyance/annoying irritated/irritation/irritable impatient/impatience/impatiently agitated/agitation dissatisfied/dissatisfaction complaining/complaint',
    frustrated:
      'frustrated/frustration/frustrating exasperated/exasperation resentful/resentment bitter/bitterness/bitterly',
    jealous: 'jealous/jealousy/jealously envious/envy/enviously possessive betrayed/betrayal vengeful/vengeance',
    defiant: 'defiant/defiance/defiantly stubborn/stubbornness accusing/accusation critical/criticism blaming/blame',
  },
  disgusted: {
    repulsed: 'repulsed/repulsion disgusted/disgust/disgusting revolted/revulsion nauseated/nausea appalled',
    averse:
      'averse/aversion disliking/dislike hateful/hate/hatred/hating loathing/loathe detesting/detest disapproving/disapproval',
  },
  contemptuous: {
    scornful: 'scornful/scorn/scornfully contemptuous/contempt/contemptuously disdainful/disdain dismissive',
    mocking: 'mocking/mockery/mockingly sarcastic/sarcasm/sarcastically ironic/irony taunting ridiculing/ridicule',
    arrogant: 'arrogant/arrogance/arrogantly smug/smugness superior/superiority',
  },
};

interface OwnWord {
  readonly entry: WheelEntry;
  /** Forms besides the word itself. */
  readonly forms: readonly string[];
}

function wordsOfFamilies(): readonly OwnWord[] {
  return Object.entries(families).flatMap(([level1, shades]) =>
    Object.entries(shades).flatMap(([level2, words]) =>
      words.split(' ').map((word) => {
        const [level3, ...forms] = word.split('/') as [string, ...string[]];
        return { entry: { level1, level2, level3 }, forms };
      }),
    ),
  );
}

function createOwnWheels(): EmotionWheels {
  const words = wordsOfFamilies();
  const entries = words.map(({ entry }) => entry);
  const names = entries.flatMap(({ level1, level2, level3 }) => [level1, level2, level3]);
  return createEmotionWheels({
    wheels: [{ name: 'own', entries }],
    forms: [
      ...words.map(({ entry, forms }) => [entry.level3, forms] as const),
      ...[...new Set(names)].map((name) => [name, []] as const),
    ],
    synonyms: [...new Set(names)].map((name) => [name, []] as const),
  });
}

/**
 * One wheel of emotion words that comes with this package. Scores on it need no files, and are not comparable with scores on
 * the five published wheels: read those with `readEmotionWheels`. Unlike them it has a place for *neutral*, so that
 * neutral samples count.
 */
export const ownEmotionWheels: EmotionWheels = createOwnWheels();
