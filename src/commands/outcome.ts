/** What a command gives back to the command line, which alone prints and exits. */
export interface Outcome {
  /** For standard output; in pieces, where it may be longer than a string can be. */
  readonly text?: string | Iterable<string>;
  /** For standard error, after the text. */
  readonly note?: string;
  readonly exitCode?: number;
}
