/** What the author of a check imports. Ours import it by the same name, so a check can move to a plugin as it is. */

export { gcfg } from './formats/gcfg.js';
export { keyValue } from './formats/keyValue.js';
export { hideMasks, isMasked } from './formats/masked.js';
export { isNfs, nfsCaching } from './formats/mountinfo.js';
export { last, meaning } from './formats/settings.js';
export { compareVersions, versionToken } from './formats/version.js';
export { atNode, onNodes, withGrant } from './mend.js';
export type { Check, Collector, Context, Needs, Requests, Seen, ServiceQuestion } from './model/check.js';
export { defineCheck, defineCollector, file, living, raw, sh, shell } from './model/check.js';
export type { Answer, Fact, Request, Response } from './model/evidence.js';
export { NotSeen } from './model/evidence.js';
export type { Cluster, Node, Product } from './model/inventory.js';
export type { Finding, Severity, Status } from './model/verdict.js';
export { fail, pass, skip, unknown } from './model/verdict.js';
export { count, verb } from './model/words.js';
export { collisions, conflicts, people, required, type Seen as SeenAccounts } from './products/accountRules.js';
export {
  awsQuestions,
  awsTarget,
  type BalancerSight,
  balancerHost,
  type Denied,
  type RdsSight,
  rdsHost,
} from './products/awsArchitecture.js';
export {
  comparedPaths,
  compareFile,
  comparePermissions,
  directoryTrouble,
  formatOf,
  type Side,
  unreadTexts,
} from './products/configTree.js';
export {
  type DatabaseProbe,
  databaseQuestions,
  probeOf,
  provenFindings,
  type SeenDatabase,
} from './products/databaseProof.js';
export { listedMembers, memberName } from './products/deployr.js';
export type { EffectiveSettings } from './products/effective.js';
export { effective } from './products/effective.js';
export { isLoopback } from './products/endpoints.js';
export type { Found } from './products/found.js';
export { found, settings } from './products/found.js';
export {
  type BalancerProbe,
  balancerHealthUrl,
  balancerQuestion,
  type HttpReply,
  healthQuestions,
  healthUrl,
  ownUrl,
  replyOf,
  stickinessTarget,
} from './products/httpProbe.js';
export { type HeldKey, sameKey, strength, weakness } from './products/keyRules.js';
export {
  type BucketProbe,
  type BucketSight,
  bucketName,
  bucketQuestions,
  probeName,
  type Refusal,
} from './products/objectStore.js';
export { byInodes, byMarker, ownerFinding } from './products/oneDirectory.js';
export { isEfs, placesOf, reachOf, type SharedPlace, serverInodes } from './products/places.js';
export type { Endpoint, Settings } from './products/profile.js';
export { ofAddresses, ofList, ofMembers, ofSettings, ofSizes } from './products/replicaSet.js';
export { type CookieKind, oneIn, stickinessOf } from './products/stickiness.js';
export { LONGEST_MS, type LockTrial, type PlaceTrial, storageQuestions, trialOf } from './products/storageTrial.js';
export { knownNodes, listFindings, restartFindings, statusFindings } from './products/workbenchState.js';
export type { Consensus, Group, Has, Problem } from './relations.js';
export { atLeastOne, consensus, distinct, everyNode, groupsOf, list, same, sift } from './relations.js';
