/** The seven emotions the renderer acts; the label set of FER2013, CAER and MELD. */
export const emotions = ['anger', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise'] as const;

export type Emotion = (typeof emotions)[number];

/** Mean valence of each emotion at full intensity, in [-1, 1]. Surprise takes its sign from what happened. */
export const emotionValence: Readonly<Record<Emotion, number>> = {
  anger: -0.8,
  disgust: -0.7,
  fear: -0.75,
  happy: 0.9,
  neutral: 0,
  sad: -0.8,
  surprise: 0.25,
};
