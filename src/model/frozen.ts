/** What several read, and none may change. Maps cannot be frozen, only what they hold. */
export function frozen<T>(value: T, seen = new Set<unknown>()): T {
  if (typeof value !== 'object' || value === null || seen.has(value) || ArrayBuffer.isView(value)) return value;
  seen.add(value);
  for (const inner of value instanceof Map ? value.values() : Object.values(value)) frozen(inner, seen);
  return Object.freeze(value);
}
