/**
 * Names for the fields of an upload: which ciphertext is which. The order is that of `messages/README.md`.
 */
import type { Ciphertext } from "../primitives/paillier/publicKey.ts";
import { UploadError, type Upload } from "./upload.ts";

export interface EncryptedRequest {
  readonly x: Ciphertext;
  readonly y: Ciphertext;
  readonly price: Ciphertext;
  readonly maxDistanceSquared: Ciphertext;
  readonly featureBids: readonly Ciphertext[];
}

export interface EncryptedOffer {
  readonly negX: Ciphertext;
  readonly negY: Ciphertext;
  readonly negPrice: Ciphertext;
  readonly negFeatureAsks: readonly Ciphertext[];
  readonly opening: Ciphertext;
}

/** @throws UploadError E_UPLOAD_FIELDS unless there are 4 + `features` fields. */
export function asRequest(upload: Upload, features: number): EncryptedRequest {
  const [x, y, price, maxDistanceSquared, ...featureBids] = upload.fields;
  if (
    x === undefined ||
    y === undefined ||
    price === undefined ||
    maxDistanceSquared === undefined ||
    featureBids.length !== features
  ) {
    throw wrongCount("asRequest", upload, features);
  }
  return { x, y, price, maxDistanceSquared, featureBids };
}

/** @throws UploadError E_UPLOAD_FIELDS unless there are 4 + `features` fields. */
export function asOffer(upload: Upload, features: number): EncryptedOffer {
  const [negX, negY, negPrice, ...rest] = upload.fields;
  const opening = rest.at(-1);
  if (
    negX === undefined ||
    negY === undefined ||
    negPrice === undefined ||
    opening === undefined ||
    rest.length !== features + 1
  ) {
    throw wrongCount("asOffer", upload, features);
  }
  return { negX, negY, negPrice, negFeatureAsks: rest.slice(0, -1), opening };
}

/** The one ciphertext of a packed record. @throws UploadError E_UPLOAD_FIELDS unless there is exactly one. */
export function asPacked(upload: Upload): Ciphertext {
  const [record, more] = upload.fields;
  if (record === undefined || more !== undefined) {
    const counts = `expected 1 field, got ${upload.fields.length}`;
    throw new UploadError("E_UPLOAD_FIELDS", `asPacked: ${counts}`);
  }
  return record;
}

function wrongCount(where: string, upload: Upload, features: number): UploadError {
  const counts = `expected ${4 + features} fields, got ${upload.fields.length}`;
  return new UploadError("E_UPLOAD_FIELDS", `${where}: ${counts}`);
}
