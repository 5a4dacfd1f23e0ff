/**
 * Why a step of the trade did not happen: data first, so that a service or a page can say it in its
 * own words.
 */

/** A value that an error is about, under the name that its readers know it by. */
export type ErrorValues = Readonly<Record<string, string | number | bigint>>;

/** A step was refused before anything was sent, and nothing has changed. */
export class StepError extends Error {
  override readonly name = "StepError";
  /** Begins with `E_`, and says what is wrong whatever the values are. */
  readonly code: string;
  readonly values: ErrorValues;

  /** @param message one sentence with the values and the remedy */
  constructor(code: `E_${string}`, message: string, values: ErrorValues = {}) {
    super(message);
    this.code = code;
    this.values = values;
  }
}
