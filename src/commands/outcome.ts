/** What a command gives back to the command line, which alone prints and exits. */
export interface Outcome {
  /** For standard output. */
  readonly text?: string;
  /** For standard error, after the text. */
  readonly note?: string;
  readonly exitCode?: number;
}
