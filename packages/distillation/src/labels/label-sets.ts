/** A frozen list of labels that keeps its literal members in the type. */
function labelSet<const Labels extends readonly string[]>(...labels: Labels): Labels {
  return Object.freeze(labels);
}

const mikels = labelSet('amusement', 'anger', 'awe', 'contentment', 'disgust', 'excitement', 'fear', 'sadness');
const polarity = labelSet('negative', 'positive');

/**
 * Classes of the picture sets of EmoVLM-KD, in alphabetical order, which is the order of their indices everywhere
 * here. The released training took the index of a label from the order of folders on disk in one place and the
 * alphabet in another, which agree by luck only.
 */
export const emotionLabelSets = Object.freeze({
  fi: mikels,
  emoSet: mikels,
  emotion6: labelSet('anger', 'disgust', 'fear', 'joy', 'sadness', 'surprise'),
  flickr: polarity,
  instagram: polarity,
});

/** Name of a set of {@link emotionLabelSets}. */
export type EmotionLabelSetName = keyof typeof emotionLabelSets;
