import { labelSets } from '../../labels/label-sets';
import type { Corpus } from '../corpus';
import { splitNames } from './formats';

/** Data sets of one emotion per clip, for the voice or the face alone: phase 1 of the curriculum. */

const cremaFields = {
  id: '{name}',
  speaker: '{actor}',
  targets: [
    {
      task: 'mer',
      label: '{emotion}',
      labels: labelSets.cremaD,
      map: { ang: 'anger', dis: 'disgust', fea: 'fear', hap: 'happy', neu: 'neutral', sad: 'sad' },
    },
  ],
} as const;

/** Actor, sentence, emotion, intensity; one clip of the published set has `X` for `XX`. */
const cremaGrammar = /^(?<actor>\d{4})_(?<sentence>[A-Z]{3})_(?<emotion>[A-Z]{3})_(?<intensity>LO|MD|HI|XX?)$/;

export const cremaD: Corpus = {
  name: 'crema-d',
  title: 'CREMA-D',
  splits: ['train'],
  licence: 'Open Database License',
  modalityMode: 'audio_text',
  candidates: labelSets.cremaD,
  layouts: [
    {
      expects: 'AudioWAV/1001_DFA_ANG_XX.wav',
      files: [
        {
          path: ['AudioWAV', /^(?<name>[^.].*)\.wav$/],
          format: { kind: 'file-name', grammar: cremaGrammar },
          split: 'train',
          media: { audio: ['AudioWAV/{name}.wav'], video: ['VideoFlash/{name}.flv'] },
        },
      ],
      ...cremaFields,
    },
    {
      expects: 'VideoFlash/1001_DFA_ANG_XX.flv',
      files: [
        {
          path: ['VideoFlash', /^(?<name>[^.].*)\.flv$/],
          format: { kind: 'file-name', grammar: cremaGrammar },
          split: 'train',
          media: { video: ['VideoFlash/{name}.flv'], audio: ['VideoFlash/{name}.flv'] },
        },
      ],
      ...cremaFields,
    },
  ],
};

export const m3ed: Corpus = {
  name: 'm3ed',
  title: 'M3ED',
  splits: ['train', 'dev', 'test'],
  licence: 'research only, by agreement',
  modalityMode: 'audio_text',
  layouts: [
    {
      expects:
        'annotation.json with splitInfo/movie_list_train.txt, …_val.txt, …_test.txt; modality_speech/A_<utterance>.wav',
      // annotation[movie][scene] = { Dialog: { utterance: … }, SpeakerInfo }
      files: [{ path: ['annotation.json'], format: { kind: 'json', depth: 2 } }],
      joins: [
        {
          as: 'movieList',
          path: ['splitInfo', /^movie_list_(?<list>train|val|test)\.txt$/],
          format: { kind: 'lines', pattern: /^\s*(?<movie>\S+)\s*$/ },
          key: '{movie}',
          on: '{$0}',
          required: 'file',
        },
      ],
      expand: 'Dialog',
      split: { value: '{movieList.list}', names: splitNames },
      id: '{Speaker}_{$key}',
      subtitle: '{Text}',
      speaker: '{$0}_{Speaker}',
      media: { audio: ['modality_speech/{Speaker}_{$key}.wav', 'audio/{Speaker}_{$key}.wav'] },
      targets: [{ task: 'mer', label: '{EmoAnnotation.final_main_emo}', labels: labelSets.m3ed }],
    },
  ],
};

export const caer: Corpus = {
  name: 'caer',
  title: 'CAER',
  splits: ['train', 'dev', 'test'],
  licence: 'research only',
  modalityMode: 'face_frame',
  candidates: labelSets.caer,
  layouts: [
    {
      expects: 'train/Anger/0001.avi, validation/…, test/… (CAER-S: .png)',
      files: [
        {
          path: [/^(?<part>train|validation|test)$/, /^(?<emotion>[^.].*)$/, /^(?<file>(?<name>[^.].*)\.(?:avi|mp4))$/],
          format: { kind: 'file-name' },
          media: { video: ['{part}/{emotion}/{file}'] },
        },
        {
          path: [/^(?<part>train|validation|test)$/, /^(?<emotion>[^.].*)$/, /^(?<file>(?<name>[^.].*)\.(?:png|jpg))$/],
          format: { kind: 'file-name' },
          media: { image: ['{part}/{emotion}/{file}'] },
        },
      ],
      split: { value: '{part}', names: splitNames },
      id: '{$split}/{emotion}/{name}',
      targets: [{ task: 'mer', label: '{emotion}', labels: labelSets.caer }],
    },
  ],
};

export const ferv39k: Corpus = {
  name: 'ferv39k',
  title: 'FERV39k',
  splits: ['train', 'test'],
  licence: 'research only, by agreement',
  modalityMode: 'face_frame',
  candidates: labelSets.ferv39k,
  layouts: [
    {
      expects:
        '4_setups/All_scenes/train_All.csv and test_All.csv with lines like "Action/Happy/0001 Happy"; 2_ClipsforFaceCrop/',
      files: (['train', 'test'] as const).map((split) => ({
        path: ['4_setups', 'All_scenes', `${split}_All.csv`],
        format: { kind: 'lines', pattern: /^(?<clip>\S+)[ \t]+(?<emotion>\w+)\s*$/ },
        split,
      })),
      id: '{clip}',
      media: { video: ['2_ClipsforFaceCrop/{clip}', '2_ClipsforFaceCrop/{clip}.mp4'] },
      targets: [{ task: 'mer', label: '{emotion}', labels: labelSets.ferv39k }],
    },
  ],
};
