export { createEmotionServer, type EmotionServerOptions } from './emotion-server';
export { defaultLimits, type Limits, MAX_TURNS, WORDS_CHARS } from './limits';
export { listenNear } from './listen-near';
export type * from './protocol';
export { isLoopbackHost, type PagePolicy } from './security';
