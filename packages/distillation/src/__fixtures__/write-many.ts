// A program for the kill test: writes records of many samples until it is done or killed.
import { templateDescriber } from '../instructions/template-describer';
import { writeInstructions } from '../instructions/write-instructions';

const [path = '', count = '0'] = process.argv.slice(2);
const templates = templateDescriber();
const samples = Array.from({ length: Number(count) }, (_, index) => ({
  id: `sample-${index}`,
  media: { image: `${index}.jpg` },
  label: 'awe',
  clues: ['a wide sky', `${'a long row of pillars, '.repeat(100)}seen from below`],
}));

await writeInstructions({
  path,
  samples,
  classes: ['awe', 'fear'],
  describer: {
    ...templates,
    describe: async (...sample) => {
      await new Promise((resolve) => setTimeout(resolve, 4)); // so that kills meet all states of the file
      return templates.describe(...sample);
    },
  },
  onEvent: ({ type }) => process.stdout.write(`${type}\n`),
});
