/** A frozen list of labels that keeps its literal members in the type. */
function labelSet<const Labels extends readonly string[]>(...labels: Labels): Labels {
  return Object.freeze(labels);
}

const sevenEmotions = labelSet('anger', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise');
const merChallenge = labelSet('happy', 'angry', 'worried', 'sad', 'surprise', 'neutral');

/**
 * The closed label sets of the data sets behind the tasks, spelled as each set spells them. Frozen.
 *
 * Open-vocabulary sets (MER-Caption+, OV-MERD, EMER) have none. `m3ed` holds the seven classes of M3ED, which its own
 * annotation capitalises; the file that the published system trained on is not public.
 */
export const labelSets = Object.freeze({
  /** Polarity of MSA. */
  sentiment: labelSet('positive', 'neutral', 'negative'),
  /** The seven classes that MER chooses from unless told otherwise. */
  sevenEmotions,
  caer: sevenEmotions,
  ferv39k: sevenEmotions,
  m3ed: sevenEmotions,
  cremaD: labelSet('anger', 'disgust', 'fear', 'happy', 'neutral', 'sad'),
  merrFine: labelSet('neutral', 'sad', 'angry', 'happy', 'worried', 'surprise', 'fear', 'doubt', 'contempt'),
  mer2023: merChallenge,
  mer2024: merChallenge,
  meld: labelSet('anger', 'joy', 'sadness', 'neutral', 'disgust', 'fear', 'surprise'),
  iemocap4: labelSet('happy', 'sad', 'neutral', 'anger'),
  avaMerg: labelSet(
    ...(['conflicted', 'sadness', 'weary', 'upset', 'frustrated', 'disappointment', 'uneasy', 'confused'] as const),
    ...(['stressed', 'burdened', 'worry', 'nervous', 'confusion', 'helpless', 'overwhelm', 'surprised'] as const),
    ...(['proud', 'lonely', 'guilty', 'hopeful', 'anxious', 'nostalgic', 'content', 'caring', 'ashamed'] as const),
  ),
  mintrec: labelSet(
    ...(['complain', 'praise', 'apologise', 'thank', 'criticize', 'agree', 'taunt', 'flaunt', 'joke'] as const),
    ...(['oppose', 'comfort', 'care', 'inform', 'advise', 'arrange', 'introduce', 'leave', 'prevent'] as const),
    ...(['greet', 'ask for help'] as const),
  ),
  mintrec2: labelSet(
    ...(['acknowledge', 'advise', 'agree', 'apologise', 'arrange', 'ask for help', 'asking for opinions'] as const),
    ...(['care', 'comfort', 'complain', 'confirm', 'criticize', 'doubt', 'emphasize', 'explain', 'flaunt'] as const),
    ...(['greet', 'inform', 'introduce', 'invite', 'joke', 'leave', 'oppose', 'plan', 'praise'] as const),
    ...(['prevent', 'refuse', 'taunt', 'thank', 'warn'] as const),
  ),
  /** Emotions whose intensity SemEval-2018 Task 1 annotates. */
  semeval2018Intensity: labelSet('anger', 'fear', 'joy', 'sadness'),
  /** Emotions of its E-c, in the order of its columns; a text with none of them is neutral. */
  semeval2018: labelSet(
    ...(['anger', 'anticipation', 'disgust', 'fear', 'joy', 'love'] as const),
    ...(['optimism', 'pessimism', 'sadness', 'surprise', 'trust'] as const),
  ),
});

/** Name of a closed label set. */
export type LabelSetName = keyof typeof labelSets;

/** A label of the named set, e.g. `Label<'mintrec'>`. */
export type Label<Name extends LabelSetName> = (typeof labelSets)[Name][number];
