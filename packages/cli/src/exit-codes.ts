/** What the program's exit code says. Codes never change meaning. */
export const exitCodes = {
  /** All was done that was asked for. */
  ok: 0,
  /** At least one clip, the model, or the data could not be used. */
  failed: 1,
  /** The command line itself was wrong; nothing was started. */
  usage: 2,
  /** Ended by SIGINT (Ctrl-C): 128 + 2. */
  interrupted: 130,
  /** Ended by SIGTERM: 128 + 15. */
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
