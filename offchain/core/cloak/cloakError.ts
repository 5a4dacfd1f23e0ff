/**
 * What cloaking refuses: rules and inputs out of their range. That a vehicle cannot be cloaked is
 * an answer and no error.
 */

export class CloakError extends Error {
  override readonly name = "CloakError";
  readonly code: `E_CLOAK_${string}`;

  constructor(code: CloakError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** @throws CloakError unless `holds` */
export function demand(holds: boolean, code: CloakError["code"], message: string): void {
  if (!holds) throw new CloakError(code, message);
}
