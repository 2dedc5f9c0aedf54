import { formatReport } from '../report/format-report';
import {
  type AnalysisDocument,
  type ClipFailureDocument,
  failureDocument,
  jsonLine,
  jsonText,
  resultDocument,
} from '../report/json-document';
import { colorsFor, lineWidth, type OutputStream } from '../terminal';
import type { AnalyzedClip } from './analyzed-clip';
import type { AnalyzeOptions } from './options';

/** Takes the results of clips as they come, and prints them in the form that was asked for. */
export class ClipResults {
  private readonly documents: (AnalysisDocument | ClipFailureDocument)[] = [];
  private readonly reported: (AnalyzedClip | ClipFailureDocument)[] = [];
  private printed = 0;

  /** @param isSingle whether the arguments can stand for one clip only */
  constructor(
    private readonly stdout: OutputStream,
    private readonly options: Pick<AnalyzeOptions, 'json' | 'jsonl' | 'html'>,
    private readonly isSingle: boolean,
  ) {}

  add(analyzed: AnalyzedClip): void {
    const { json, jsonl } = this.options;
    if (json || jsonl) this.addDocument(resultDocument(analyzed));
    else this.stdout.write(this.reportOf(analyzed));
    if (this.options.html !== undefined) this.reported.push(analyzed);
  }

  addFailure(path: string, error: unknown): void {
    const document = failureDocument(path, error);
    this.addDocument(document);
    if (this.options.html !== undefined) this.reported.push(document);
  }

  /** Prints what has to wait for the last clip, and writes the page. @throws InvalidFileError */
  async finish(): Promise<void> {
    if (this.options.json) this.stdout.write(jsonText(this.documents, this.isSingle, 'clips'));
    if (this.options.html === undefined) return;
    const [{ htmlReport }, { writeFileAtomic }] = await Promise.all([
      import('../report/html-report'),
      import('@nano-emox/engine/weights'),
    ]);
    await writeFileAtomic(this.options.html, htmlReport(this.reported));
  }

  private addDocument(document: AnalysisDocument | ClipFailureDocument): void {
    if (this.options.jsonl) this.stdout.write(jsonLine(document));
    else if (this.options.json) this.documents.push(document);
  }

  private reportOf(analyzed: AnalyzedClip): string {
    const report = formatReport(analyzed, { colors: colorsFor(this.stdout), width: lineWidth(this.stdout) });
    return this.printed++ === 0 ? report : `\n${report}`;
  }
}
