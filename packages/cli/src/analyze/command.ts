import { affectTaskIds, allTaskIds, labelSets, taskIds } from '@nano-emox/tasks';
import type { ArgsDef } from 'citty';
import type { DocumentedCommand } from '../documented-command';
import { modelArguments, modelChoices, outputArguments, wordsArguments } from '../shared-options';
import { readOptions } from './options';
import { readTextOptions } from './text-options';

/** `nano-emox analyze`: clips or texts in, reports or JSON documents out. Its definition alone loads no part of the model. */
export const analyzeCommand: DocumentedCommand = {
  meta: {
    name: 'analyze',
    description: 'Answers the six questions of the model about video clips of a person speaking, or about texts alone',
  },
  examples: [
    ['', 'the sample clip that comes along'],
    ['talk.mp4 --words "I passed!"', 'a clip of your own, with what is said in it'],
    ['talks "more/**/*.mp4" --jsonl', 'folders and patterns, a JSON document a line'],
    ['talk.mp4 --tasks mer,erg --html report.html', 'two of the questions, and a page with pictures'],
    ['--text "I passed!" --tasks mer,v-oc', 'a text without a clip'],
    ['--texts lines.jsonl --jsonl', 'a text a line, a JSON document a line; - reads standard input'],
  ],
  choices: { tasks: allTaskIds, emotion: labelSets.semeval2018Intensity, ...modelChoices },
  args: {
    clips: {
      type: 'positional',
      required: false,
      description:
        'Video or audio files, folders of them, patterns such as "talks/*.mp4"; the sample clip when there are none',
    },
    ...wordsArguments,
    text: { type: 'string', valueHint: 'text', description: 'A text instead of a clip; may be repeated' },
    texts: {
      type: 'string',
      valueHint: 'file',
      description:
        'Texts instead of clips, one a line, or JSON Lines with "text" and perhaps "id", "emotion"; - is standard input',
    },
    tasks: {
      type: 'string',
      valueHint: 'list',
      description: `Some of ${taskIds.join(',')}; of a text ${affectTaskIds.join(',')}, too (Default: the six)`,
    },
    emotion: {
      type: 'string',
      valueHint: 'name',
      description: 'What eiReg and eiOc ask about, such as anger, fear, joy or sadness',
    },
    ...modelArguments,
    json: { type: 'boolean', description: 'Print one JSON document instead of the report' },
    jsonl: { type: 'boolean', description: 'Print one JSON document a line, each as soon as its clip is done' },
    timeline: { type: 'boolean', description: 'Tell how the emotion goes along the clip, too, moment by moment' },
    html: { type: 'string', valueHint: 'file', description: 'Write a report with pictures as one HTML file, too' },
    attention: { type: 'boolean', description: 'Show there how unevenly the model attends to words and to the clip' },
    ...outputArguments,
  },
  async run({ args, rawArgs, cmd }) {
    const texts = readTextOptions(args._, rawArgs, cmd.args as ArgsDef);
    if (texts) {
      const { analyzeTexts } = await import('./analyze-texts');
      return analyzeTexts(texts, process);
    }
    const options = readOptions(args._, rawArgs, cmd.args as ArgsDef);
    const { analyzeClips } = await import('./analyze-clips');
    return analyzeClips(options, { stdout: process.stdout, stderr: process.stderr });
  },
};
