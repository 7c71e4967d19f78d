/** Bytes of answers that the nodes of a run may hold together, so that many that flood do not take this machine's memory. */

/** What every node may hold, whatever the others do: several times what a node has to say. */
const OWN = 512 << 10;
/** What those that need more share, first come first served: a node with a passwd file of a megabyte, say. */
const COMMON = 32 << 20;

/** What one node holds. */
export interface Share {
  /** False: it has its share, and nothing is left of what is common. Then nothing is taken. */
  take(bytes: number): boolean;
  /** What is held no longer. */
  give(bytes: number): void;
}

export function budget(): { share(): Share } {
  let common = COMMON;
  return {
    share() {
      let held = 0;
      const beyond = (bytes: number): number => Math.max(0, bytes - OWN);
      return {
        take(bytes) {
          const more = beyond(held + bytes) - beyond(held);
          if (more > common) return false;
          common -= more;
          held += bytes;
          return true;
        },
        give(bytes) {
          common += beyond(held) - beyond(held - bytes);
          held -= bytes;
        },
      };
    },
  };
}
