/** Whether a terminal gets colour, and links to click. Pure. */

type Environment = Readonly<Record<string, string | undefined>>;
type Stream = { readonly isTTY?: boolean };

/** `FORCE_COLOR` wins, `0` and `false` mean none; then `NO_COLOR`, if it is not empty; then only a terminal that is not dumb. */
export function wantsColor(stream: Stream, env: Environment): boolean {
  if (env.FORCE_COLOR !== undefined) return !/^(?:0|false)$/.test(env.FORCE_COLOR);
  return !env.NO_COLOR && stream.isTTY === true && env.TERM !== 'dumb';
}

/** Programs known to show OSC 8 links as links; any other may print them as garbage. */
const KNOWN = /^(?:iTerm\.app|WezTerm|vscode|ghostty|rio|Hyper)$/;

/** `FORCE_HYPERLINK` wins; then only a terminal that is known to show them, and is spoken to directly. */
export function wantsLinks(stream: Stream, env: Environment): boolean {
  if (env.FORCE_HYPERLINK !== undefined) return !/^(?:0|false)?$/.test(env.FORCE_HYPERLINK);
  if (stream.isTTY !== true || env.TERM === 'dumb' || env.CI || env.TMUX || env.STY) return false;
  return (
    Number(env.VTE_VERSION ?? 0) >= 5002 ||
    KNOWN.test(env.TERM_PROGRAM ?? '') ||
    env.WT_SESSION !== undefined ||
    env.KITTY_WINDOW_ID !== undefined ||
    /^(?:xterm-kitty|xterm-ghostty|alacritty|foot)/.test(env.TERM ?? '')
  );
}
