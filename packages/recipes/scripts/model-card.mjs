/**
 * Puts the measured scores into the model card, `packages/weights-tiny/README.md`: `node scripts/model-card.mjs [--run folder]
 * [--trained-by command] [--check]`. Sources are `scores.json` beside the card, which `evaluate.mjs` writes, and the best validation in the
 * `metrics.jsonl` of each stage of the run (`log.jsonl` in older runs). Nothing in the table is typed by hand; each row has the
 * command that measures it; the validations of a run were measured by the command that made it, by default the stages of `train.mjs`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runMain, SetupError } from '../../../scripts/lib/processes.mjs';
import { fillReadmeBlock } from '../../../scripts/lib/readme-block.mjs';
import { readJson, repositoryRoot } from '../../../scripts/lib/workspace.mjs';

const { values } = parseArgs({
  options: { run: { type: 'string' }, 'trained-by': { type: 'string' }, check: { type: 'boolean', default: false } },
});
const packageFolder = join(repositoryRoot, 'packages', 'weights-tiny');
const runFolder = values.run ?? join(repositoryRoot, 'runs', 'tiny');

await runMain(async () => {
  const rows = [...evaluated(join(packageFolder, 'scores.json')), ...validated(runFolder)];
  if (rows.length === 0) {
    throw new SetupError(
      `There are no scores: neither scores.json in ${packageFolder} nor a validation in a metrics.jsonl below ${runFolder}. ` +
        'Run the stages of scripts/train.mjs, or name the folder of a run with --run.',
    );
  }
  const table = [
    '| part | data | split | measure | score | items | command |',
    '|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
  fillReadmeBlock(join(packageFolder, 'README.md'), 'scores', table, { check: values.check });
  console.log(table);
});

/** Rows of the final measurement of the assembled model. */
function evaluated(path) {
  if (!existsSync(path)) return [];
  const { scores } = readJson(path);
  return scores.map(({ dataSet, split, metric, value, best = 1, count, note, command }) => [
    'tiny model',
    dataSet,
    split,
    note ? `${metric} (${note})` : metric,
    measured(value, best),
    String(count),
    `\`${command}\``,
  ]);
}

/** Shares and percentages alike as percentages; marks of a judge, and errors, whose best is 0, as they are. */
function measured(value, best) {
  return best === 0 || best === 10 ? value.toFixed(3) : percent(value / best);
}

/** Rows of the best validation of every stage: the one whose weights were kept. */
function validated(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((stage) => {
      const path = ['metrics.jsonl', 'log.jsonl'].map((name) => join(folder, stage, name)).find(existsSync);
      return path === undefined ? [] : [{ stage, path }];
    })
    .flatMap(({ stage, path }) => bestValidations(path).flatMap((event) => validationRows(stage, event)));
}

/** The last event marked as best of each phase in a log, where a run that began anew stands behind the earlier one. */
function bestValidations(path) {
  const best = new Map();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (!/"(validation-end|phase-start)"/.test(line)) continue; // step lines are many and hold no scores
    const event = JSON.parse(line);
    if (event.type === 'phase-start' && event.step === 0) best.delete(event.phase);
    else if (event.isBest) best.set(event.phase, event);
  }
  return [...best.values()];
}

/** Metrics are named `data set.measure`. */
function validationRows(stage, { phase, step, metrics }) {
  return Object.entries(metrics).map(([name, value]) => {
    const separator = name.indexOf('.');
    const [dataSet, metric] = separator < 0 ? ['–', name] : [name.slice(0, separator), name.slice(separator + 1)];
    const part = phase === stage ? stage : `${stage}, ${phase}`;
    const shown = metric === 'loss' ? value.toFixed(3) : percent(value);
    const command = `\`${values['trained-by'] ?? `node packages/recipes/scripts/train.mjs ${stage}`}\``;
    return [part, dataSet, `validation, step ${step}`, words(metric), shown, '–', command];
  });
}

/** `balancedAccuracy` → `balanced accuracy`. */
function words(name) {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function percent(value) {
  if (!(value >= 0 && value <= 1)) throw new SetupError(`A score is ${value}; shares from 0 to 1 are expected.`);
  return `${(value * 100).toFixed(1)} %`;
}
