/** The options of rsession.conf with a type. Source: rstudio/rstudio src/cpp/session/session-options.json (docs/sources.md 10.2). */

const anyOf = (names: string): RegExp => new RegExp(`^(${names.trim().split(/\s+/).join('|')})$`);

export const BOOLEANS = anyOf(`
  allow-external-publish allow-file-downloads allow-file-uploads allow-full-ui allow-launcher-jobs
  allow-over-limit-sessions allow-package-installation allow-presentation-commands allow-publish
  allow-r-cran-repos-edit allow-remove-public-folder allow-rpubs-publish allow-shell allow-terminal-websockets
  allow-vcs allow-vcs-executable-edit copilot-enabled copilot-proxy-strict-ssl limit-xfs-disk-quota
  package-output-to-package-folder r-auto-reload-source restrict-directory-view
  session-allow-project-user-data-dir-override session-async-rpc-enabled session-connections-block-suspend
  session-create-profile session-create-public-folder session-default-clicolor-force
  session-external-pointers-block-suspend session-handle-offline-enabled session-quit-child-processes-on-exit
  session-rprofile-on-resume-default session-suspend-on-incomplete-statement session-timeout-suspend
  show-help-home show-user-identity`);

export const INTEGERS = anyOf(`
  abort-free-mem-percent git-commit-large-file-size limit-cpu-time-minutes limit-file-upload-size-mb
  session-async-rpc-timeout-ms session-disconnected-timeout-minutes session-handle-offline-timeout-ms
  session-timeout-minutes websocket-connect-timeout websocket-handshake-timeout websocket-log-level
  websocket-ping-seconds`);
