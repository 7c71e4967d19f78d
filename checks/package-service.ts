import { defineCheck, everyNode, type Finding, list, skip, unknown, withGrant } from 'ha-preflight';
import { INSTALL_MEANS } from 'ha-preflight/collectors/opening';
import { HOST, type PackageService, packageService } from 'ha-preflight/collectors/packageService';

const STATE = { open: 'open', refused: 'refused', silent: 'no answer', nameless: 'cannot be resolved' };

const closed = ({ hosts }: PackageService): PackageService['hosts'] => hosts.filter(({ state }) => state !== 'open');

export default defineCheck({
  id: 'package-service',
  title: 'The nodes reach the public package service',
  severity: 'info',
  tags: ['network', 'aws'],
  requirements: ['PPM-AWS-17'],
  rationale:
    'Package Manager takes public packages from a service on the Internet, except on an air-gapped site. Behind a security group or firewall that allows this on some nodes only, builds fail by chance. Each node opens a connection to port 443 of the hosts in params: { package-service: { hosts: [...] } } and closes it; without that nothing is tried.',
  products: ['package-manager'],
  needs: { packageService },
  params: { hosts: [] as string[] },
  paramItems: { hosts: { form: HOST, expected: 'the name of a host, such as rspm-sync.rstudio.com' } },
  judge(nodes, { params: { hosts } }) {
    if (hosts.length === 0)
      return skip(
        'not tried: name the hosts of the service, such as params: { package-service: { hosts: [rspm-sync.rstudio.com] } }; an air-gapped site needs none',
        { nodes: nodes.map((n) => n.node) },
      );
    const tried = nodes.filter((n) => n.packageService.hosts.length === hosts.length);
    const blind = nodes.filter((n) => !tried.includes(n)).map((n) => n.node);
    // what a proxy does for the server is not seen by a connection past it
    const missed = tried.filter((n) => closed(n.packageService).length > 0);
    const past = missed.filter((n) => n.packageService.proxied);
    const unclear = missed.filter((n) => n.packageService.unclear !== undefined);
    const judged = tried.filter((n) => !past.includes(n) && !unclear.includes(n));
    const findings: Finding[] = [];
    if (judged.length > 0)
      findings.push(
        everyNode(
          `${list(hosts)} can be reached`,
          judged.map((n) => ({ node: n.node, value: closed(n.packageService) })),
          (missed) =>
            missed.length > 0
              ? {
                  problem: `port 443 of ${list(missed.map((m) => m.host))} cannot be reached`,
                  observed: missed.map((m) => `${m.host} ${STATE[m.state]}`).join(', '),
                }
              : undefined,
          { expected: 'port 443 open' },
        ),
      );
    if (past.length > 0)
      findings.push(
        unknown(
          `the server on ${list(past.map((n) => n.node))} uses a proxy, and past it ${list(hosts)} cannot be reached: try curl with the same proxy there`,
          { nodes: past.map((n) => n.node), subject: 'proxy' },
        ),
      );
    if (unclear.length > 0)
      findings.push(
        unknown(
          withGrant(
            `${list(hosts)} cannot be reached from ${list(unclear.map((n) => n.node))}, and whether the server uses a proxy there is not known (${unclear[0]!.packageService.unclear}): grep -i -A 3 '^\\[proxy' /etc/rstudio-pm/rstudio-pm.gcfg; systemctl show -p Environment rstudio-pm`,
          ),
          { nodes: unclear.map((n) => n.node), subject: 'proxy unclear' },
        ),
      );
    if (blind.length > 0)
      findings.push(
        unknown(`no connection could be tried from ${list(blind)}: ${INSTALL_MEANS}`, {
          nodes: blind,
          subject: 'not tried',
        }),
      );
    return findings;
  },
  remediation:
    'curl -sI https://rspm-sync.rstudio.com    # on the nodes named: look at firewall, security group and proxy',
});
