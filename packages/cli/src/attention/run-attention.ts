import { basename } from 'node:path';
import { writeFileAtomic } from '@nano-emox/engine/weights';
import { html } from '@nano-emox/p2e/html';
import type { NanoEmoX } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';
import { type ExitCode, exitCodes } from '../exit-codes';
import { type CommandOutput, interruptible } from '../interruptible';
import { loadModel } from '../load-model';
import { attentionSection, attentionTable } from '../report/attention-section';
import { printable } from '../report/wrap-text';
import { StatusLine } from '../status-line';
import { colorsFor } from '../terminal';
import { wordsFor } from '../words/words-for';
import type { AttentionOptions } from './options';

/**
 * Measures one clip and prints the table or a document.
 * @returns the exit code of the program
 */
export function runAttention(options: AttentionOptions, output: CommandOutput): Promise<ExitCode> {
  return interruptible((signal) => measure(options, output, signal), output, options);
}

async function measure(options: AttentionOptions, output: CommandOutput, signal: AbortSignal): Promise<ExitCode> {
  const line = new StatusLine(output.stderr, options);
  const path = options.clip ?? sampleClip.path;
  let model: NanoEmoX | undefined;
  try {
    const words = await wordsFor(options.clip, options);
    line.draw('loading the model');
    model = await loadModel(options, signal);
    line.draw('reading the clip');
    const clip = await model.encode(path, { signal });
    for (const { message } of clip.warnings) line.warn(message);
    line.draw('measuring');
    const { task, answer } = options;
    const asked = { task, words: words.text, signal, ...(answer !== undefined && { answer }) };
    const discrepancy = await model.measureAttention(clip, asked);
    const facts = { clip: path, task, words, model: { preset: model.config.preset, device: model.device } };
    const reader = `model ${facts.model.preset} on ${facts.model.device}, question ${task}`;
    if (options.html !== undefined) {
      const { attentionFigure } = await import('../report/attention-chart');
      const { reportPage } = await import('../report/report-page');
      const body = html`<h1>${basename(path)}</h1>\n<p class="faint">${reader}</p>\n${attentionSection(await attentionFigure(discrepancy))}`;
      await writeFileAtomic(options.html, reportPage(basename(path), body), { signal });
    }
    line.clear();
    output.stdout.write(
      options.json
        ? `${JSON.stringify({ ...facts, ...discrepancy }, null, 2)}\n`
        : `${colorsFor(output.stdout).bold(printable(basename(path)))}  ${reader}\n\n${attentionTable(discrepancy)}`,
    );
    return exitCodes.ok;
  } finally {
    line.clear();
    await model?.dispose();
  }
}
