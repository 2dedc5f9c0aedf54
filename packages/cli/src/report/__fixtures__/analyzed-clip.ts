import type { AnalysisResult, TaskOutcome } from 'nano-emox';
import type { AnalyzedClip } from '../../analyze/analyzed-clip';

function parsed<Value>(value: Value, confidence: number): never {
  return { status: 'parsed', text: '', answer: '', value, confidence, spans: [], durationMs: 10 } as never;
}

const crop = {
  faceFound: true,
  boxPx: { x: 0, y: 0, width: 90, height: 100 },
  cropPx: { x: 0, y: 0, width: 100, height: 120 },
  score: 0.9,
  faceCount: 2,
  quality: { faceSizePx: 90, areaFraction: 0.1, sharpness: 1 },
};

const result: AnalysisResult = {
  tasks: {
    msa: parsed({ sentiment: 'negative', valence: -0.4 }, 0.876),
    mer: parsed({ emotion: 'sad' }, 0.5),
    eri: parsed({ reason: 'The voice is low. '.repeat(12).trim(), emotions: ['sad', 'tired'] }, 0.31),
    mir: {
      status: 'unparsed',
      text: 'x',
      answer: 'what\u001b[31m ever',
      reason: 'unknown-label',
      detail: 'No label was found.',
      durationMs: 5,
    } satisfies TaskOutcome<'mir'>,
    erg: parsed(
      {
        chainOfEmpathy: {
          eventScenario: 'An exam was failed',
          speakerEmotion: 'sad',
          emotionCause: 'Much work for nothing',
          goalToResponse: 'Comfort',
        },
        response: 'That must be hard.',
      },
      0.7,
    ),
  },
  modalities: ['frame', 'face', 'audio', 'multi'],
  mode: 'multiface_audio_face_frame_text',
  words: 'I failed.',
  evidence: {
    video: { durationSeconds: 3, width: 640, height: 480, timesSeconds: [0, 1, 2] },
    voice: { durationSeconds: 3, rms: 0.1 },
    face: { framesWithFace: 2, frames: 3, score: 0.9, crops: [crop, crop, { ...crop, faceFound: false }] },
  },
  gate: [0.2, 0.3, 0.5],
  timingsMs: { decode: 100, msa: 1500, total: 2000 },
  model: { preset: 'tiny', device: 'cpu' },
  warnings: [{ code: 'no-face', message: 'No face in 1 of 3 frames', facts: {} }],
};
/** A clip with every kind of answer, one of them unreadable. */
export const analyzedClip: AnalyzedClip = {
  path: 'folder/talk.mp4',
  words: { text: 'I failed.', source: 'sidecar', path: 'folder/talk.srt' },
  result,
  loadMs: 250,
};
