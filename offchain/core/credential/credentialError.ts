/**
 * Why something of a credential is not made or not believed. The codes are for the own log and for
 * tests: whoever is remote gets one generic refusal. No message contains a secret, an identity or a
 * pseudonym.
 */

type CredentialErrorCode =
  /** Bytes of another length than the format fixes. */
  | "E_LENGTH"
  /** Not the one encoding of a point of the prime-order group, or the identity. */
  | "E_POINT"
  /** Not below the group's order, or zero where a secret has to be. */
  | "E_SCALAR"
  /** A number outside what its field means: a role, a version, a count. */
  | "E_FIELD"
  /** A signature that its key did not make. */
  | "E_SIGNATURE"
  /** An equation of a proof does not hold. */
  | "E_PROOF"
  /** A credential that the issuer's key did not sign. */
  | "E_CREDENTIAL"
  /** Another epoch than the one that counts. */
  | "E_EPOCH"
  /** A role that is not allowed here. */
  | "E_ROLE"
  /** A policy or an authorisation for another scope. */
  | "E_SCOPE"
  /** The pseudonym has been used in this scope. */
  | "E_NYM_USED"
  /** A challenge that was not given, or a request or challenge that was answered before. */
  | "E_CHALLENGE"
  /** Nobody who may join, or may not any more. */
  | "E_MEMBER"
  /** The identifier is somebody else's, or the member has another one in this epoch. */
  | "E_IDENTIFIER"
  /** A dealing or a share that does not fit its commitments. */
  | "E_SHARE"
  /** Too few valid partial openings. */
  | "E_THRESHOLD"
  /** Tracing without an approved case for this presentation. */
  | "E_CASE"
  /** A certificate of a station or a gateway that is not what is expected. */
  | "E_CERTIFICATE"
  /** An authorisation for another energy than everybody's. */
  | "E_ENERGY"
  /** Too early, too late, or too long. */
  | "E_TIME"
  /** A box that this key does not open. */
  | "E_AEAD"
  /** A confirmation of another transcript. */
  | "E_CONFIRMATION"
  /** The other side said no. */
  | "E_REFUSED";

export class CredentialError extends Error {
  override readonly name = "CredentialError";
  readonly code: CredentialErrorCode;

  constructor(code: CredentialErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
