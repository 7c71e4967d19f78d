/** Whether what ssh_config says of one host it says of every host, so that `ssh -G` need not be asked about each. Pure. */

/** A host of which the ssh program prints no other name than the one it was asked about. */
const ORDINARY = /^(?=.*[a-z])[a-z0-9][a-z0-9.-]*[a-z0-9]$|^([1-9]\d*|0)(\.([1-9]\d*|0)){3}$/;

export const ordinary = (host: string): boolean => ORDINARY.test(host);

/** Whether a pattern of `Host` can fit an ordinary name: systemd's `unix/*` and `.host` cannot. */
const canFit = (pattern: string): boolean => !pattern.includes('/') && !/^\.[^*?]*$/.test(pattern);

/**
 * Texts of all files that were read. False with the first line that can distinguish two ordinary hosts: a `Host` other
 * than `*`, a `Match` other than `all`, a host name to be rewritten, and everywhere a token, which may be the host.
 */
export function sameForAll(texts: readonly string[]): boolean {
  return texts.every((text) => {
    let applies = true;
    for (const line of text.split('\n')) {
      const [, keyword = '', value = ''] =
        /^\s*([a-z]+)(?:\s*=\s*|\s+)(.*)$/i.exec(line.replaceAll('"', '').trimEnd()) ?? [];
      const words = value.toLowerCase().split(/\s+/);
      if (/^host$/i.test(keyword)) {
        const fitting = words.filter(canFit);
        if (fitting.some((pattern) => pattern !== '*')) return false;
        applies = fitting.length > 0;
      } else if (/^match$/i.test(keyword)) {
        if (!words.every((word) => /^(all|final|canonical)$/.test(word))) return false;
        applies = true;
      } else if (applies && (/^(hostname|canonical\w*)$/i.test(keyword) || value.replaceAll('%%', '').includes('%')))
        return false;
    }
    return true;
  });
}
