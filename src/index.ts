/**
 * What the author of a check, a collector or a product imports. Ours import it by the same name, so a check can move to
 * a plugin as it is. What is particular to one subject has a path: `ha-preflight/collectors/NAME`, `probes/NAME`,
 * `formats/NAME`, `products/NAME`.
 */

export type { AnyCheck, Check, Context, Needs, Params, Seen } from './check.js';
export { defineCheck } from './check.js';
export { effective } from './collectors/effective.js';
export { found, settings } from './collectors/found.js';
export type { Collector, Requests } from './model/collector.js';
export { defineCollector, file, living, raw, sh, shell } from './model/collector.js';
export type { Answer, Asking, Fact, Request, Response } from './model/evidence.js';
export { NotSeen } from './model/evidence.js';
export type { Cluster, Node, Product } from './model/inventory.js';
export { bySsh } from './model/transports.js';
export type { Difference, Finding, Fix, Severity, Status } from './model/verdict.js';
export { fail, pass, skip, unknown } from './model/verdict.js';
export { count, verb } from './model/words.js';
export type { Asked, Probe, ServiceQuestion } from './probes/probe.js';
export { defineProbe } from './probes/probe.js';
export type { ProductSpec } from './products/define.js';
export { defineProduct } from './products/define.js';
export type { TreeEntry } from './products/installed.js';
export type { Found, Profile } from './products/profile.js';
export type { Effective, EffectiveSettings, Endpoint, Settings } from './products/settings.js';
export type { Consensus, Group, Has, Problem } from './relations.js';
export {
  atLeastOne,
  connected,
  consensus,
  distinct,
  everyNode,
  faults,
  groupsOf,
  list,
  same,
  sift,
} from './relations.js';
export { atNode, command, fixOn, loginTo, onNodes, withFix, withGrant, word } from './remedy.js';
export type { Document, Requirement } from './requirements/requirement.js';
