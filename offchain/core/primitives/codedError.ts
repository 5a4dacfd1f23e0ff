/**
 * What tells the errors of this project from all others: their classes carry a code that begins
 * with `E_`.
 */

export interface CodedError extends Error {
  readonly code: string;
}

/**
 * Whether this is the answer to an input. Whatever else is thrown is a bug or an accident, and has
 * to go on.
 */
export function isCodedError(error: unknown): error is CodedError {
  if (!(error instanceof Error)) return false;
  const code: unknown = Reflect.get(error, "code");
  return typeof code === "string" && code.startsWith("E_");
}
