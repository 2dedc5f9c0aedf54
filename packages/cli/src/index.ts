export { type ExitCode, exitCodes } from './exit-codes';
export type { AnalysisDocument, AnswerDocument, ClipFailureDocument } from './report/json-document';
export type { TextDocument, TextFailureDocument } from './report/text-document';
export { runCli } from './run-cli';
