import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatAnswer } from '../../answer/answers';
import { labelSets } from '../../labels/label-sets';
import { defaultModalityMode, modalityModes } from '../../prompt/modality-modes';
import type { AnyTaskId, AnyTaskValues } from '../../task';
import { all, tree } from '../__fixtures__/tree';
import { indexDataSet } from '../index-data-set';
import { openDataSet } from '../open-data-set';
import type { EmotionSampleRow } from '../row';
import type { RowIssue } from '../row-issue';
import { type CorpusName, corpora } from '.';

interface Case {
  /** Files in the layout of the corpus; the words are ours. */
  readonly files: Readonly<Record<string, string>>;
  /** Rows in order; media below the root. */
  readonly rows: readonly Partial<EmotionSampleRow>[];
}

const mer = (emotion: string) => ({ task: 'mer', value: { emotion } }) as const;
const mir = (intent: string) => ({ task: 'mir', value: { intent } }) as const;
const msa = (sentiment: 'positive' | 'neutral' | 'negative', valence: number) =>
  ({ task: 'msa', value: { sentiment, valence } }) as const;
const eri = (reason: string, ...emotions: string[]) => ({ task: 'eri', value: { reason, emotions } }) as const;
const ovMer = (...emotions: string[]) => ({ task: 'ovMer', value: { emotions } }) as const;

const utterance = (Text: string, Speaker: string, final_main_emo: string) => ({
  StartTime: '00:00:01:00',
  EndTime: '00:00:02:00',
  Text,
  Speaker,
  EmoAnnotation: { EmoAnnotator1: final_main_emo, final_mul_emo: final_main_emo, final_main_emo },
});

const turn = (turn_id: string, utterances: readonly string[], speaker_emotion: string) => ({
  turn_id,
  context: 'They wait for a train.',
  dialogue_history: utterances.map((text, index) => ({
    index,
    role: index % 2 === 0 ? 'speaker' : 'listener',
    utterance: text,
  })),
  response: 'That sounds hard.',
  chain_of_empathy: {
    speaker_emotion,
    event_scenario: 'The train is late.',
    emotion_cause: 'Waiting in the cold.',
    goal_to_response: 'To give comfort.',
  },
});

const conversation = {
  conversation_id: '00007',
  speaker_profile: { age: 'young', gender: 'female', ID: 12 },
  listener_profile: { ID: 3 },
  topic: 'travel',
  turns: [
    turn('0', ['It is late again.'], 'weary'),
    turn('1', ['It is late again.', 'Oh no.', 'I freeze.'], 'terrified'),
  ],
};

const chain = (speakerEmotion: string) =>
  ({
    task: 'erg',
    value: {
      chainOfEmpathy: {
        eventScenario: 'The train is late.',
        speakerEmotion,
        emotionCause: 'Waiting in the cold.',
        goalToResponse: 'To give comfort.',
      },
      response: 'That sounds hard.',
    },
  }) as const;

const sentimentTable = [
  'video_id,clip_id,text,label,label_T,label_A,label_V,annotation,mode',
  'vid_a,1,"Well, good",1.0,0,0,0,Positive,train',
  'vid_a,2,So so,0,,,,Neutral,valid',
  'vid_b,0003,"不太好，真的",-0.6,,,,Negative,test',
].join('\r\n');

const sentimentRows = (range: number): Case['rows'] => [
  {
    id: 'vid_a/1',
    split: 'train',
    subtitle: 'Well, good',
    targets: [msa('positive', 1 / range)],
    media: { video: 'Raw/vid_a/1.mp4' },
  },
  { id: 'vid_a/2', split: 'dev', targets: [msa('neutral', 0)] },
  {
    id: 'vid_b/0003',
    split: 'test',
    subtitle: '不太好，真的',
    targets: [msa('negative', -0.6 / range)],
    media: { video: 'Raw/vid_b/0003.mp4' },
  },
];

const mer2025Files = (set: string) => ({
  [`track2_train_${set}.csv`]: 'name,openset\nsample_1,"[happy, \'proud\']"\nsample_2,[]\n',
  [`track3_train_${set}.csv`]: 'name,reason\nsample_2,A still face.\nsample_1,"A wide smile,\nand a firm voice."\n',
  'subtitle_chieng.csv': '\uFEFFname,chinese,english\nsample_1,我们赢了,We won\nsample_9,没有,none\n',
});

const mer2025Rows = (split: string): Case['rows'] => [
  {
    id: 'sample_1',
    split,
    subtitle: 'We won',
    targets: [ovMer('happy', 'proud'), eri('A wide smile,\nand a firm voice.', 'happy', 'proud')],
    media: { video: 'video/sample_1.mp4', audio: 'audio/sample_1.wav' },
  },
  { id: 'sample_2', subtitle: '', targets: [ovMer('neutral'), eri('A still face.')] },
];

const scoreHeader = 'ID\tTweet\tAffect Dimension\tIntensity Score';
const classHeader = 'ID\tTweet\tAffect Dimension\tIntensity Class';

const cases: Record<CorpusName, Case> = {
  'crema-d': {
    files: {
      'AudioWAV/1001_DFA_ANG_XX.wav': '',
      'AudioWAV/1040_ITH_SAD_X.wav': '',
      'AudioWAV/1002_IEO_HAP_LO.wav': '',
      'AudioWAV/.DS_Store': '',
      'VideoFlash/1001_DFA_ANG_XX.flv': '',
    },
    rows: [
      {
        id: '1001_DFA_ANG_XX',
        speaker: '1001',
        split: 'train',
        targets: [mer('anger')],
        media: { audio: 'AudioWAV/1001_DFA_ANG_XX.wav', video: 'VideoFlash/1001_DFA_ANG_XX.flv' },
      },
      { id: '1002_IEO_HAP_LO', targets: [mer('happy')] },
      { id: '1040_ITH_SAD_X', targets: [mer('sad')] },
    ],
  },
  m3ed: {
    files: {
      'annotation.json': JSON.stringify({
        film_one: {
          film_one_1: {
            SpeakerInfo: { A: { Name: '安' } },
            Dialog: {
              film_one_1_1: utterance('你好 吗', 'A', 'Happy'),
              film_one_1_2: utterance('别 这样', 'B', 'Anger'),
            },
          },
        },
        film_two: { film_two_5: { SpeakerInfo: {}, Dialog: { film_two_5_1: utterance('真 的', 'A', 'Surprise') } } },
      }),
      'splitInfo/movie_list_train.txt': 'film_one\r\n',
      'splitInfo/movie_list_val.txt': '',
      'splitInfo/movie_list_test.txt': 'film_other\nfilm_two',
      'splitInfo/movie_list_total.txt': 'film_one\nfilm_two\nfilm_other',
    },
    rows: [
      {
        id: 'A_film_one_1_1',
        split: 'train',
        subtitle: '你好 吗',
        speaker: 'film_one_A',
        targets: [mer('happy')],
        media: { audio: 'modality_speech/A_film_one_1_1.wav' },
      },
      { id: 'B_film_one_1_2', targets: [mer('anger')] },
      { id: 'A_film_two_5_1', split: 'test', targets: [mer('surprise')] },
    ],
  },
  caer: {
    files: {
      'train/Anger/0001.avi': '',
      'train/Happy/0001.avi': '',
      'validation/Sad/0002.avi': '',
      'test/Neutral/3.avi': '',
    },
    rows: [
      { id: 'test/Neutral/3', split: 'test', targets: [mer('neutral')], media: { video: 'test/Neutral/3.avi' } },
      { id: 'train/Anger/0001', split: 'train', targets: [mer('anger')] },
      { id: 'train/Happy/0001', targets: [mer('happy')] },
      { id: 'dev/Sad/0002', split: 'dev', targets: [mer('sad')], media: { video: 'validation/Sad/0002.avi' } },
    ],
  },
  ferv39k: {
    files: {
      '4_setups/All_scenes/train_All.csv': 'Action/Angry/0001 Angry\nSocial/Surprise/0010 Surprise\n',
      '4_setups/All_scenes/test_All.csv': 'Crime/Fear/0300 Fear\n',
    },
    rows: [
      {
        id: 'Action/Angry/0001',
        split: 'train',
        targets: [mer('anger')],
        media: { video: '2_ClipsforFaceCrop/Action/Angry/0001' },
      },
      { id: 'Social/Surprise/0010', targets: [mer('surprise')] },
      { id: 'Crime/Fear/0300', split: 'test', targets: [mer('fear')] },
    ],
  },
  mintrec: {
    files: {
      'train.tsv': 'season\tepisode\tclip\ttext\tlabel\nS04\tE01\t12\tyou did "well".\tPraise\n',
      'dev.tsv': 'season\tepisode\tclip\ttext\tlabel\nS05\tE02\t3\t"come here, please\tAsk for help\n',
      'test.tsv': 'season\tepisode\tclip\ttext\tlabel\nS06\tE03\t4\tbye then\tLeave\n',
    },
    rows: [
      {
        id: 'S04_E01_12',
        split: 'train',
        subtitle: 'you did "well".',
        targets: [mir('praise')],
        media: { video: 'raw_data/S04/E01/12.mp4', audio: 'raw_data/S04/E01/12.mp4' },
      },
      { id: 'S05_E02_3', split: 'dev', subtitle: '"come here, please', targets: [mir('ask for help')] },
      { id: 'S06_E03_4', split: 'test', targets: [mir('leave')] },
    ],
  },
  mintrec2: {
    files: {
      'in-scope/train.tsv':
        'dialogue_id\tutterance_id\ttext\tlabel\tspeaker\n0\t3\tis it so?\tDoubt\tAnn\n0\t4\thm\tUNK\tBen\n',
      'in-scope/dev.tsv': 'dialogue_id\tutterance_id\ttext\tlabel\tspeaker\n0\t3\tshall we?\tAsk for opinions\tAnn\n',
      'in-scope/test.tsv': 'dialogue_id\tutterance_id\ttext\tlabel\tspeaker\n9\t1\tsorry\tApologise\tBen\n',
    },
    rows: [
      {
        id: 'train/dia0_utt3',
        split: 'train',
        targets: [mir('doubt')],
        media: { video: 'in-scope/raw_data/dia0_utt3.mp4', audio: 'in-scope/raw_data/dia0_utt3.mp4' },
      },
      { id: 'dev/dia0_utt3', split: 'dev', targets: [mir('asking for opinions')] },
      { id: 'test/dia9_utt1', split: 'test', targets: [mir('apologise')] },
    ],
  },
  'mer-caption-plus': { files: mer2025Files('mercaptionplus'), rows: mer2025Rows('train') },
  'ov-merd': { files: mer2025Files('ovmerd'), rows: mer2025Rows('test') },
  'merr-fine': {
    files: {
      'MERR_fine_grained.json': JSON.stringify({
        sample_00000047: {
          AU_list: ['AU12'],
          visual_prior_list: ['smile'],
          pseu_emotion: 'happy',
          text: 'Come in',
          smp_reason_caption: 'The corners of the mouth rise.',
        },
      }),
    },
    rows: [
      {
        id: 'sample_00000047',
        split: 'train',
        subtitle: 'Come in',
        targets: [eri('The corners of the mouth rise.', 'happy')],
        media: { video: 'video/sample_00000047.mp4', audio: 'audio/sample_00000047.wav' },
      },
    ],
  },
  'merr-coarse': {
    files: {
      'MERR_coarse_grained.json': JSON.stringify({
        sample_1: { caption: 'A frown.' },
        sample_2: { caption: 'A pause.' },
      }),
      'MERR_coarse_grained.txt': 'sample_1 120 worried\n',
    },
    rows: [
      { id: 'sample_1', targets: [eri('A frown.', 'worried'), mer('worried')] },
      { id: 'sample_2', targets: [eri('A pause.')] },
    ],
  },
  avamerg: {
    files: { 'train.json': JSON.stringify([conversation]), 'v_test_v5_0.json': JSON.stringify([conversation]) },
    rows: [
      {
        id: 'train/dia00007utt0_12',
        split: 'train',
        speaker: '12',
        dialogue: { background: 'They wait for a train.', history: [], input: 'It is late again.' },
        targets: [chain('weary'), mer('weary')],
        media: { video: 'video/dia00007utt0_12.mp4', audio: 'audio/dia00007utt0_12.wav' },
      },
      {
        id: 'train/dia00007utt2_12',
        dialogue: {
          background: 'They wait for a train.',
          history: [
            { role: 'speaker', utterance: 'It is late again.' },
            { role: 'listener', utterance: 'Oh no.' },
          ],
          input: 'I freeze.',
        },
        targets: [chain('terrified')], // outside the 25 candidates: no closed-set target
      },
      {
        id: 'test/dia00007utt2_12',
        split: 'test',
        media: { video: 'test_video/dia00007utt2_12.mp4', audio: 'test_audio/dia00007utt2_12.wav' },
      },
    ],
  },
  mer2023: {
    files: {
      'mer2023train/train-label.csv': 'name,discrete,valence\nsample_1,happy,2.5\n',
      'test-labels/test1-label.csv': 'name,discrete,valence\nsample_7,worried,-1\n',
      'test-labels/test3-label.csv': 'name,discrete\nsample_8,neutral\n',
      'transcription-engchi-polish.csv': 'name,chinese,english\nsample_7,怎么办,What now?\n',
    },
    rows: [
      {
        id: 'train/sample_1',
        split: 'train',
        subtitle: '',
        targets: [mer('happy')],
        media: { video: 'mer2023train/train/sample_1.avi', audio: 'audio/sample_1.wav' },
      },
      { id: 'test/sample_7', split: 'test', subtitle: 'What now?', targets: [mer('worried')] },
      { id: 'test3/sample_8', split: 'test3', targets: [mer('neutral')] },
    ],
  },
  mer2024: {
    files: {
      'label-disdim.csv': 'name,discrete,valence\nsample_1,surprise,0.5\n',
      'reference-semi.csv': 'name,discrete\nsamplenew_2,sad\n',
      'label-transcription.csv': 'name,chinese,english\nsample_1,什么,What\n',
    },
    rows: [
      {
        id: 'train/sample_1',
        subtitle: '什么',
        targets: [mer('surprise')],
        media: { video: 'video-labeled/sample_1.mp4', audio: 'audio/sample_1.wav' },
      },
      { id: 'test/samplenew_2', split: 'test', targets: [mer('sad')] },
    ],
  },
  meld: {
    files: {
      'train_sent_emo.csv':
        'Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime\n1,"“Well,” she said",Ann,joy,positive,0,0,8,21,"00:00:01,000","00:00:02,000"\n',
      'test_sent_emo.csv':
        'Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime\n1,No,Ben,disgust,negative,0,0,1,1,"00:00:01,000","00:00:02,000"\n',
    },
    rows: [
      {
        id: 'train/dia0_utt0',
        subtitle: '“Well,” she said',
        speaker: 'Ann',
        targets: [mer('joy')],
        media: { video: 'train_splits/dia0_utt0.mp4' },
      },
      { id: 'test/dia0_utt0', split: 'test', media: { video: 'output_repeated_splits_test/dia0_utt0.mp4' } },
    ],
  },
  iemocap: {
    files: {
      'Session1/dialog/EmoEvaluation/Ses01F_impro01.txt': [
        '% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]',
        '',
        '[6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5000, 2.5000, 2.5000]',
        'C-E2:\tNeutral;\t()',
        'A-E3:\tval 3; act 2; dom  2;\t()',
        '',
        '[10.0100 - 11.3925]\tSes01F_impro01_M001\texc\t[3.5000, 2.5000, 2.5000]',
        '[14.8872 - 18.0175]\tSes01F_impro01_F002\tfru\t[2.0000, 3.5000, 3.5000]',
        '',
      ].join('\n'),
      'Session1/dialog/EmoEvaluation/Categorical/e1.txt': 'not read',
      'Session1/dialog/transcriptions/Ses01F_impro01.txt':
        'Ses01F_impro01_F000 [006.2901-008.2357]: Good day.\nM: (aside)\nSes01F_impro01_M001 [010.0100-011.3925]: I won: really!\n',
      'Session5/dialog/EmoEvaluation/Ses05M_script01_1b.txt':
        '[1.0000 - 2.0000]\tSes05M_script01_1b_F003\tang\t[1.5000, 4.0000, 4.0000]\n',
    },
    rows: [
      {
        id: 'Ses01F_impro01_F000',
        split: 'train',
        speaker: 'Ses01F',
        subtitle: 'Good day.',
        targets: [mer('neutral')],
        media: { audio: 'Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav' },
      },
      { id: 'Ses01F_impro01_M001', speaker: 'Ses01M', subtitle: 'I won: really!', targets: [mer('happy')] },
      { id: 'Ses05M_script01_1b_F003', split: 'test', speaker: 'Ses05F', subtitle: '', targets: [mer('anger')] },
    ],
  },
  'cmu-mosi': { files: { 'label.csv': sentimentTable }, rows: sentimentRows(3) },
  'cmu-mosei': { files: { 'label.csv': sentimentTable }, rows: sentimentRows(3) },
  'ch-sims': { files: { 'label.csv': sentimentTable }, rows: sentimentRows(1) },
  'ch-sims-v2': { files: { 'meta.csv': `\uFEFF${sentimentTable}` }, rows: sentimentRows(1) },
  emer: {
    files: { 'gt-eng.csv': 'names,subtitles,reasons\nsample_3,"Why me, of all?","Brows drawn, a thin voice."\n' },
    rows: [
      {
        id: 'sample_3',
        split: 'test',
        subtitle: 'Why me, of all?',
        targets: [eri('Brows drawn, a thin voice.')],
        media: { video: 'video/sample_3.mp4', audio: 'audio/sample_3.wav' },
      },
    ],
  },
  'semeval2018-ei-reg': {
    files: {
      'EI-reg/training/EI-reg-En-anger-train.txt': `${scoreHeader}\n1\tHow dare they "do\tanger\t0.938\n`,
      'EI-reg/training/EI-reg-En-joy-train.txt': `${scoreHeader}\n1\tHow dare they "do\tjoy\t0.021\n`,
      'EI-reg/development/2018-EI-reg-En-joy-dev.txt': `${scoreHeader}\n2\tSun!\tjoy\t1\n`,
      'EI-reg/test-gold/2018-EI-reg-En-joy-test-gold.txt': `${scoreHeader}\n3\tSnow!\tjoy\t0.5\n4\tx\tjoy\tNONE\n`,
    },
    rows: [
      {
        id: '1/anger',
        split: 'train',
        subtitle: 'How dare they "do',
        targets: [{ task: 'eiReg', value: { emotion: 'anger', intensity: 0.938 } }],
        modalityMode: 'textonly',
      },
      { id: '1/joy', targets: [{ task: 'eiReg', value: { emotion: 'joy', intensity: 0.021 } }] },
      { id: '2/joy', split: 'dev', targets: [{ task: 'eiReg', value: { emotion: 'joy', intensity: 1 } }] },
      { id: '3/joy', split: 'test', targets: [{ task: 'eiReg', value: { emotion: 'joy', intensity: 0.5 } }] },
    ],
  },
  'semeval2018-ei-oc': {
    files: {
      'English/EI-oc/training/EI-oc-En-fear-train.txt': `${classHeader}\n7\tHelp.\tfear\t2: moderate amount\n`,
    },
    rows: [{ id: '7/fear', split: 'train', targets: [{ task: 'eiOc', value: { emotion: 'fear', level: 2 } }] }],
  },
  'semeval2018-v-reg': {
    files: { 'V-reg/2018-Valence-reg-En-train.txt': `${scoreHeader}\n8\tFine.\tvalence\t0.609\n` },
    rows: [{ id: '8', split: 'train', subtitle: 'Fine.', targets: [{ task: 'vReg', value: { valence: 0.609 } }] }],
  },
  'semeval2018-v-oc': {
    files: {
      'Valence-oc-En-train.txt': `${classHeader}\n9\tGrim.\tvalence\t-3: very negative\n10\tHm.\tvalence\t0: neutral\n`,
    },
    rows: [
      { id: '9', split: 'train', subtitle: 'Grim.', targets: [{ task: 'vOc', value: { valenceClass: -3 } }] },
      { id: '10', targets: [{ task: 'vOc', value: { valenceClass: 0 } }] },
    ],
  },
  'semeval2018-e-c': {
    files: {
      'E-c-En-dev.txt': [
        ['ID', 'Tweet', ...labelSets.semeval2018].join('\t'),
        '11\tWe won!\t0\t0\t0\t0\t1\t0\t1\t0\t0\t0\t0',
        '12\tOk.\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0',
      ].join('\r\n'),
    },
    rows: [
      {
        id: '11',
        split: 'dev',
        subtitle: 'We won!',
        targets: [{ task: 'eC', value: { emotions: ['joy', 'optimism'] } }],
      },
      { id: '12', targets: [{ task: 'eC', value: { emotions: [] } }] },
    ],
  },
};

const below = (root: string, { media }: Partial<EmotionSampleRow>) =>
  media ? { media: Object.fromEntries(Object.entries(media).map(([kind, path]) => [kind, join(root, path)])) } : {};

describe.each(Object.entries(cases) as [CorpusName, Case][])('%s', (name, { files, rows }) => {
  it('reads its layout', async () => {
    const root = await tree(files);
    const read = await all(openDataSet(name, root));
    expect(read).toMatchObject(rows.map((row) => ({ dataSet: name, ...row, ...below(root, row) })));
    expect(read).toHaveLength(rows.length);
  });

  it('gives the same rows by index', async () => {
    const root = await tree(files);
    const read = await all(openDataSet(name, root));
    const indexed = await indexDataSet(name, root);
    const backwards = read.map((_, index) => read.length - 1 - index);
    for (const index of backwards) expect(await indexed.get(index)).toEqual(read[index]);
    expect([indexed.name, indexed.length]).toEqual([name, read.length]);
    await indexed.dispose();
  });

  it('has answers that a model can learn', async () => {
    for await (const { targets, candidates } of openDataSet(name, await tree(files))) {
      for (const { task, value } of targets) {
        const options = candidates && (task === 'mer' || task === 'mir') ? { candidates } : {};
        expect(formatAnswer<AnyTaskId>(task, value as AnyTaskValues[AnyTaskId], options)).not.toBe('');
      }
    }
  });

  it('says what it expects where nothing is', async () => {
    const root = await tree({ 'other.txt': '' });
    await expect(all(openDataSet(name, root))).rejects.toMatchObject({ code: 'MISSING_FILE', path: root });
    await expect(all(openDataSet(name, join(root, 'absent')))).rejects.toThrow(/there is no folder .*Expected /s);
  });
});

describe('SemEval-2018 rows that cannot be used', () => {
  it.each([
    ['semeval2018-ei-reg', 'EI-reg-En-joy-train.txt', `${scoreHeader}\n1\tx\tjoy\t1.2`, 'eiReg: the intensity "1.2"'],
    [
      'semeval2018-ei-oc',
      'EI-oc-En-joy-train.txt',
      `${classHeader}\n1\tx\tjoy\t1.5: low`,
      'eiOc: the level "1.5: low"',
    ],
    ['semeval2018-ei-oc', 'EI-oc-En-joy-train.txt', `${classHeader}\n1\tx\t\t1: low`, 'eiOc: the emotion ""'],
    ['semeval2018-v-reg', 'Valence-reg-En-train.txt', `${scoreHeader}\n1\tx\tvalence\t`, 'vReg: the valence ""'],
    [
      'semeval2018-v-oc',
      'Valence-oc-En-train.txt',
      `${classHeader}\n1\tx\tvalence\t4: a`,
      'vOc: the valenceClass "4: a"',
    ],
    ['semeval2018-v-oc', 'Valence-oc-En-train.txt', `${classHeader}\n1\tvalence\t4: a`, 'the row has 3 cells'],
  ] as const)('%s tells line and problem', async (name, file, content, problem) => {
    const root = await tree({ [file]: `${content}\n` });
    await expect(all(openDataSet(name, root))).rejects.toThrow(`:2: ${problem}`);
    const issues: RowIssue[] = [];
    const options = { badRows: 'skip', onRowIssue: (issue: RowIssue) => issues.push(issue) } as const;
    expect(await all(openDataSet(name, root, options))).toEqual([]);
    expect(issues).toMatchObject([{ line: 2, message: expect.stringContaining(problem) }]);
  });
});

describe('the table of corpora', () => {
  it.each(Object.entries(corpora))('%s is called so, has splits and a mode', (key, corpus) => {
    expect(corpus.name).toBe(key);
    expect(corpus.splits.length).toBeGreaterThan(0);
    expect(Object.keys(modalityModes)).toContain(corpus.modalityMode);
  });

  it('has the modes and candidates of the published phases', () => {
    const modeOf = (name: CorpusName) => corpora[name].modalityMode;
    expect([modeOf('crema-d'), modeOf('m3ed')]).toEqual(['audio_text', 'audio_text']);
    expect([modeOf('caer'), modeOf('ferv39k')]).toEqual(['face_frame', 'face_frame']);
    expect([modeOf('mintrec'), modeOf('avamerg'), modeOf('meld')]).toEqual(Array(3).fill(defaultModalityMode));
    expect(corpora.m3ed.candidates).toBeUndefined();
    expect(corpora.avamerg.candidates).toBe(labelSets.avaMerg);
  });
});
