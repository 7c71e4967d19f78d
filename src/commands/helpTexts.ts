/** What `--help` of each command shows below its options. */

import type { CommandName } from './options.js';

export const USAGE = `ha-preflight [command] [inventory..]

Audit whether a cluster is highly available: ask every node over SSH, and judge the answers by the vendor's checklist. Without a command, check is run.`;

/** Examples below the list of all commands. */
export const FIRST_STEPS: [words: string, purpose: string][] = [
  ['ha-preflight demo', 'See a report without a cluster'],
  ['ha-preflight init', 'Write an inventory'],
  ['ha-preflight check', 'Audit the cluster of ha-preflight.yml'],
];

export const EXIT_CODES =
  'Exit codes: 0 the gate passed, 1 it failed, 2 bad usage or inventory (nothing was contacted), 3 a critical check is unknown, 4 internal error, 130 interrupted.';

const REPORT_CODES = `${EXIT_CODES} With --format nagios: 0 ok, 1 warning, 2 critical, 3 unknown, and 3 for bad usage and internal errors.`;

/** Exit codes of a command, where they are worth a line. */
export const COMMAND_CODES: Readonly<Partial<Record<CommandName, string>>> = {
  check: REPORT_CODES,
  settings: 'Exit codes: 0 every node answered, 2 bad usage or inventory, 3 a node could not be read.',
  gather: 'Exit codes: 0 the evidence was saved, 2 bad usage or inventory, 4 internal error, 130 interrupted.',
  bundle: EXIT_CODES,
  relay: `${REPORT_CODES} While steps remain: 0, or 2 when answers are missing or damaged.`,
  judge: REPORT_CODES,
  diff: 'Exit codes: 0 nothing is new or worse, 1 something is, 2 bad usage, 4 internal error.',
  merge: REPORT_CODES,
  report:
    'Exit codes: 0 whatever the gate was, 2 bad usage, 4 internal error. With --format nagios: 0 ok, 1 warning, 2 critical, 3 unknown.',
  fix: 'Exit codes: 0 it was written, whatever the gate was, 2 bad usage, 4 internal error.',
  demo: 'Exit codes: 0 exactly the planted faults were found, 1 others, 2 bad usage, 4 internal error.',
};

/** Examples without the program's name, each with what it is for. */
export const EXAMPLES: Readonly<Record<CommandName, readonly (readonly [words: string, purpose: string])[]>> = {
  check: [
    ['check prod.yml', 'Audit the cluster of one inventory'],
    ['check --nodes ops@wb1,ops@wb2 --sudo', 'Audit two nodes without an inventory'],
    ['check prod.yml --only keys,clock-skew', 'Run the checks tagged keys, and clock-skew'],
    ['check prod.yml --report junit=r.xml --baseline old.json', 'Run in a pipeline: fail on what is new or worse'],
  ],
  plan: [
    ['plan prod.yml', 'Print all commands'],
    ['plan prod.yml --only clock-skew', 'Print what one check needs'],
    ['plan prod.yml --sudoers', 'Print a file for /etc/sudoers.d'],
  ],
  settings: [
    ['settings prod.yml', 'Show all settings'],
    ['settings prod.yml --match database', 'Show those whose name contains database'],
  ],
  gather: [['gather prod.yml -o evidence.json', 'Save evidence, to judge it here or on another machine']],
  bundle: [['bundle prod.yml -o prod.tgz', 'Audit, and pack evidence, report and settings for a ticket']],
  relay: [
    ['relay prod.yml --dir relay', 'Do the next step, and say what to do then'],
    ['relay prod.yml --dir relay --incomplete --report html=r.html', 'Go on without nodes that did not answer'],
  ],
  judge: [
    ['judge prod.tgz', 'Judge what is in a bundle'],
    ['judge evidence.json', 'Judge what gather saved'],
    ['judge evidence.json --format html > report.html', 'Write a page for a browser'],
  ],
  list: [
    ['list', 'List all checks'],
    ['list --requirements', "List the vendors' requirements"],
  ],
  explain: [
    ['explain clock-skew', 'Explain a check'],
    ['explain RSPM-01', 'Explain a requirement'],
  ],
  validate: [['validate prod.yml test.yml', 'Validate two inventories']],
  init: [
    ['init', 'Ask what to write, then write ha-preflight.yml'],
    ['init prod.yml --nodes wb1,wb2 --user ops --sudo', 'Write an inventory of two nodes'],
    ['init prod.yml --from-ansible hosts --group workbench', 'Take the nodes from Ansible'],
  ],
  diff: [['diff old.json new.json', 'Compare two runs']],
  merge: [
    ['merge a.json b.json > all.json', 'Join the reports of two clusters'],
    ['merge s3://audits/nightly/ --format html > all.html', 'Join all reports below a prefix of an object store'],
    ['merge *.json --format html > all.html', 'Write one page of all clusters'],
  ],
  report: [
    ['report report.json --verbose', 'Read a report, with what passed'],
    ['report report.json --format markdown', 'Print it for a ticket'],
  ],
  fix: [
    ['fix report.json > fix.sh', 'Write the fixes as a script: read it, then run it'],
    ['fix report.json --format ansible -o fix.yml', 'Write a playbook instead'],
    ['check --format json | ha-preflight fix -', 'Fixes of a run, from standard input'],
  ],
  demo: [
    ['demo', 'See a report within seconds'],
    ['demo --keep demo', 'Keep the cluster, to fix a fault and audit again'],
  ],
  'new-check': [['new-check disk-space', 'Write checks/disk-space and its test']],
  completion: [
    ['completion >> ~/.bashrc', 'Complete commands, options and checks in bash'],
    ['completion > ~/.config/fish/completions/ha-preflight.fish', 'The same in fish'],
  ],
};
