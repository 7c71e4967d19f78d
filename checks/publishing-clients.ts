import { count, defineCheck, everyNode, list, skip } from 'ha-preflight';
import { publishers } from 'ha-preflight/collectors/publishers';
import { compareVersions } from 'ha-preflight/formats/version';

/** The first client that keeps its session behind a load balancer. */
const FIRST = '0.8.3';

export default defineCheck({
  id: 'publishing-clients',
  title: 'Publishing clients keep their session behind a load balancer',
  severity: 'warning',
  tags: ['logs'],
  requirements: ['CONN-19'],
  rationale:
    'Clients before rsconnect 0.8.3 forget the cookie of the load balancer, so their uploads end on several nodes. The server does not know its clients; its access log does, where it has the User-Agent (Logging.AccessLogFormat = COMBINED or JSON). The end of the log is searched on the node, and only versions leave it.',
  products: ['connect'],
  needs: { publishers },
  judge(nodes) {
    const seen = nodes.filter((n) => n.publishers.versions.size > 0);
    const names = nodes.map((n) => n.node);
    if (seen.length === 0)
      return skip(
        nodes.every((n) => n.publishers.log === undefined)
          ? 'no access log was found, so the clients are not known'
          : 'no publishing client is named in the access log (Logging.AccessLogFormat = COMBINED names them)',
        { nodes: names },
      );
    const versions = [...new Set(seen.flatMap((n) => [...n.publishers.versions.keys()]))].sort(compareVersions);
    return everyNode(
      `clients seen: rsconnect ${list(versions)}`,
      seen.map((n) => ({ node: n.node, value: n.publishers })),
      ({ log, versions }) => {
        const old = [...versions].filter(([version]) => compareVersions(version, FIRST) < 0);
        return old.length > 0
          ? {
              problem: `clients before rsconnect ${FIRST} publish to it`,
              observed: `${old.map(([version, times]) => `rsconnect ${version} (${count(times, 'request')})`).join(', ')} at the end of ${log}`,
            }
          : undefined;
      },
      { expected: `rsconnect ${FIRST} or later` },
    );
  },
  remediation: `Rscript -e 'install.packages("rsconnect")'    # on the machines of those who publish; the access log has their addresses`,
});
