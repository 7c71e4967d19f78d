/** Schemas as functions. The only file that knows ajv; in the bundle they are compiled when it is built. */

import { Ajv2020, type ErrorObject, type SchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';

export type { ErrorObject, SchemaObject };

/** Our own schemas are known to be valid: to check that would double the start-up time. */
export const OPTIONS = { strict: true, allErrors: true, verbose: true, meta: false, validateSchema: false } as const;

const compiled = new Map<string, ValidateFunction>();

/** By its `$id`. */
export function compile(schema: SchemaObject & { readonly $id: string }): ValidateFunction {
  const known = compiled.get(schema.$id) ?? new Ajv2020(OPTIONS).compile(schema);
  compiled.set(schema.$id, known);
  return known;
}
