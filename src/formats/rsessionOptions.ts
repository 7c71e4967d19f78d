/** The options of rsession.conf with a type. Source: rstudio/rstudio src/cpp/session/session-options.json (docs/sources.md 10.2). */

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Booleans that are on where they are not set. */
const ON = words(`
  allow-external-publish allow-file-downloads allow-file-uploads allow-full-ui allow-launcher-jobs
  allow-package-installation allow-publish allow-r-cran-repos-edit allow-remove-public-folder allow-rpubs-publish
  allow-shell allow-terminal-websockets allow-vcs allow-vcs-executable-edit
  copilot-proxy-strict-ssl session-allow-project-user-data-dir-override session-async-rpc-enabled
  session-connections-block-suspend session-default-clicolor-force session-external-pointers-block-suspend
  session-handle-offline-enabled session-timeout-suspend show-user-identity`);

/** Booleans that are off where they are not set. */
const OFF = words(`
  allow-over-limit-sessions allow-presentation-commands copilot-enabled limit-xfs-disk-quota
  package-output-to-package-folder r-auto-reload-source restrict-directory-view session-create-profile
  session-create-public-folder session-quit-child-processes-on-exit session-rprofile-on-resume-default
  session-suspend-on-incomplete-statement show-help-home`);

/** Integers, with what counts where they are not set. */
const NUMBERS: Readonly<Record<string, number>> = {
  'abort-free-mem-percent': 5,
  'git-commit-large-file-size': 5242880,
  'limit-cpu-time-minutes': 0,
  'limit-file-upload-size-mb': 0,
  'session-async-rpc-timeout-ms': 200,
  'session-disconnected-timeout-minutes': 0,
  'session-handle-offline-timeout-ms': 200,
  'session-timeout-minutes': 120,
  'websocket-connect-timeout': 3,
  'websocket-handshake-timeout': 5000,
  'websocket-log-level': 0,
  'websocket-ping-seconds': 10,
};

const anyOf = (names: readonly string[]): RegExp => new RegExp(`^(${names.join('|')})$`);

export const BOOLEANS = anyOf([...ON, ...OFF]);
export const INTEGERS = anyOf(Object.keys(NUMBERS));

/** What counts where an option is not set, as the file would say it. */
export const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ...ON.map((name) => [name, '1'] as const),
  ...OFF.map((name) => [name, '0'] as const),
  ...Object.entries(NUMBERS).map(([name, value]) => [name, String(value)] as const),
]);
