import { type ExitCode, exitCodes } from '../exit-codes';
import { type CommandOutput, interruptible } from '../interruptible';
import { Page } from '../report/page';
import type { ModelChoice, OutputChoice } from '../shared-options';
import { StatusLine } from '../status-line';
import { colorsFor, lineWidth, type OutputStream } from '../terminal';
import { executorFindings } from './executor-findings';
import { fileFindings } from './file-findings';
import type { Finding } from './finding';
import { modelFindings } from './model-findings';
import { platformFindings } from './platform-findings';

/** The command line of `doctor`, checked. */
export interface DoctorOptions extends ModelChoice, OutputChoice {
  readonly json: boolean;
}

/**
 * Looks at everything and prints what was found.
 * @returns `failed` where something is broken without which nothing works
 */
export function runDoctor(options: DoctorOptions, output: CommandOutput): Promise<ExitCode> {
  return interruptible((signal) => examine(options, output, signal), output, options);
}

async function examine(options: DoctorOptions, output: CommandOutput, signal: AbortSignal): Promise<ExitCode> {
  const line = new StatusLine(output.stderr, options);
  try {
    const findings = [...(await platformFindings())];
    line.draw('trying executors');
    findings.push(...(await executorFindings(signal)));
    line.draw('trying the decoder');
    findings.push(...(await fileFindings(signal)));
    signal.throwIfAborted();
    line.draw('trying the model');
    findings.push(...(await modelFindings(options, signal)));
    signal.throwIfAborted();
    line.clear();
    const isWell = findings.every(({ needed, status }) => !needed || status === 'ok');
    output.stdout.write(
      options.json
        ? `${JSON.stringify({ ok: isWell, findings }, null, 2)}\n`
        : findingsText(findings, isWell, output.stdout),
    );
    return isWell ? exitCodes.ok : exitCodes.failed;
  } finally {
    line.clear();
  }
}

/** The findings as a list for people. */
export function findingsText(
  findings: readonly Finding[],
  isWell: boolean,
  stream: Pick<OutputStream, 'isTTY' | 'columns'>,
): string {
  const colors = colorsFor(stream);
  const paints = { ok: colors.green, missing: colors.dim, broken: colors.red };
  const page = new Page({ colors, width: lineWidth(stream), labelWidth: 26 });
  for (const section of new Set(findings.map((finding) => finding.section))) {
    page.heading(section);
    for (const { name, status, detail, hint } of findings.filter((finding) => finding.section === section)) {
      page.row(name, detail, { note: status, paint: paints[status] });
      if (hint !== undefined) page.row('', hint, { paint: colors.dim });
    }
  }
  page.line();
  page.line(isWell ? 'All that is needed works.' : 'Something that is needed does not work; see above.');
  return page.toString().trimStart();
}
