/** Whether a parsed value is a mapping: what YAML and JSON write with keys. */
export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
