/**
 * The issuer's key: γ, and W = γ·P2 in G2. Whoever has γ decides who is a member; it opens nothing
 * and links nothing. W comes with a proof that somebody knows γ, so that no W can be made from
 * another issuer's.
 *
 *   k,  R = k·P2        c = Hz("EVCRED-v1/issuer-key", W, R)        s = k + c·γ        check R = s·P2 − c·W
 */
import { concatBytes } from "../primitives/bytes.ts";
import { withHidden } from "../primitives/hidden.ts";
import { assertProductionRng, type Rng } from "../primitives/random.ts";
import { CredentialError } from "./credentialError.ts";
import {
  BASE_G2,
  decodeG2,
  decodeScalar,
  decodeSecret,
  encodeScalar,
  G2_BYTES,
  hashToScalar,
  hedgedScalars,
  type PointG2,
  randomScalar,
  reduced,
  SCALAR_BYTES,
} from "./group.ts";
import { readerOf } from "./wire.ts";

/** W ‖ c ‖ s. */
const ISSUER_KEY_BYTES = G2_BYTES + 2 * SCALAR_BYTES;

export interface IssuerKeyPair {
  /** W with its proof, as published. */
  readonly publicKey: Uint8Array;
  readonly point: PointG2;
  /** γ; hidden from logs and JSON. */
  readonly secret: bigint;
}

/** Run by the issuer, once. @throws RandomError E_RNG_DETERMINISTIC outside tests */
export function generateIssuerKey(rng: Rng): IssuerKeyPair {
  assertProductionRng(rng);
  const secret = randomScalar(rng);
  const point = BASE_G2.multiply(secret);
  const [k = 0n] = hedgedScalars(rng, 1, [secret], point.toBytes());
  const c = challengeOf(point, BASE_G2.multiply(k));
  const s = reduced(k + c * secret);
  const publicKey = concatBytes(point.toBytes(), encodeScalar(c), encodeScalar(s));
  return withHidden({ publicKey, point }, { secret });
}

/**
 * W of a published key whose proof holds. Run by everybody who is going to believe credentials
 * under it.
 * @throws CredentialError E_LENGTH, E_POINT, E_SCALAR, E_PROOF
 */
export function acceptIssuerKey(publicKey: Uint8Array): PointG2 {
  const { take } = readerOf("issuer key", publicKey, ISSUER_KEY_BYTES);
  const point = decodeG2("issuer key", take(G2_BYTES));
  const c = decodeScalar("issuer key", take(SCALAR_BYTES));
  const s = decodeScalar("issuer key", take(SCALAR_BYTES));
  const announced = BASE_G2.mulAddUnsafe(s, point, reduced(-c));
  if (challengeOf(point, announced) === c) return point;
  throw new CredentialError("E_PROOF", "acceptIssuerKey: expected a proof of γ, got another");
}

/**
 * The key pair of a published key and of γ as it was kept (32 bytes). Run by the issuer when it
 * starts again.
 * @throws CredentialError of `acceptIssuerKey`; E_LENGTH, E_SCALAR; E_FIELD for the secret of
 *   another key
 */
export function issuerKeyFrom(publicKey: Uint8Array, kept: Uint8Array): IssuerKeyPair {
  const point = acceptIssuerKey(publicKey);
  const secret = decodeSecret("issuer's secret", kept);
  if (BASE_G2.multiply(secret).equals(point)) return withHidden({ publicKey, point }, { secret });
  throw new CredentialError("E_FIELD", "issuerKeyFrom: expected the secret of this key");
}

function challengeOf(point: PointG2, announced: PointG2): bigint {
  return hashToScalar("EVCRED-v1/issuer-key", point.toBytes(), announced.toBytes());
}
