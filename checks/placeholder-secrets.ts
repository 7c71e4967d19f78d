import { count, defineCheck, everyNode, found, list, skip, unknown, verb } from 'ha-preflight';
import { unreadTexts } from './support/configuration.js';

export default defineCheck({
  id: 'placeholder-secrets',
  title: 'No secret is a placeholder',
  severity: 'critical',
  tags: ['keys', 'configuration'],
  requirements: ['X-17', 'DEPLOYR-21'],
  rationale:
    'A password such as changeme was meant to be replaced, and attackers try it first. The comparison is made on the node; only the line number leaves the node. Key files are judged by key-file.',
  needs: { found },
  judge(nodes) {
    // what could not be read may hold a placeholder
    const blind = nodes.flatMap((n) => {
      const why = unreadTexts(n.found);
      return why === undefined ? [] : [unknown(`${n.node}: ${why}`, { nodes: [n.node], subject: `${n.node} unread` })];
    });
    const secrets = nodes.map(({ found: f }) =>
      [...f.texts.values(), ...f.environment.values()].reduce((n, text) => n + text.split('%masked:').length - 1, 0),
    );
    if (secrets.every((n) => n === 0))
      return blind.length > 0 ? blind : skip('the configuration has no secrets', { nodes: nodes.map((n) => n.node) });
    const told = everyNode(
      `${count(Math.max(...secrets), 'secret')}, no placeholder`,
      nodes.map((n) => ({ node: n.node, value: n.found })),
      ({ placeholders, root }) => {
        const where = [...placeholders].map(([file, lines]) =>
          file === ''
            ? 'the environment'
            : `${file.startsWith('/') ? file : `${root}/${file}`} line ${list(lines.map(String))}`,
        );
        return where.length > 0
          ? { problem: `${list(where)} ${verb(where.length, 'holds', 'hold')} a placeholder instead of a secret` }
          : undefined;
      },
      { expected: 'a random secret' },
    );
    if (told.status === 'fail') return [told, ...blind];
    const seen = (told.nodes ?? []).filter((node) => !blind.some((b) => b.nodes?.includes(node)));
    return [...(seen.length > 0 ? [{ ...told, nodes: seen }] : []), ...blind];
  },
  remediation:
    'openssl rand -hex 24    # a new secret: set it in the service it belongs to, then in the configuration of every node, and restart',
});
