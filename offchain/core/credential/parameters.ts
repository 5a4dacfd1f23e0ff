/**
 * What everybody has to know before a credential means anything: the issuer's key, the tracers'
 * key, and the place where it counts. Their hash is in every proof, so that a proof is worth
 * nothing under other keys or on another chain.
 */
import { getBytes } from "ethers";
import type { Registry } from "../messages/market.ts";
import { bigintToBytes } from "../primitives/bytes.ts";
import type { PointG1, PointG2 } from "./group.ts";
import { acceptIssuerKey } from "./issuerKey.ts";
import { acceptTracers, type TracerCount, type TracerKeys } from "./tracers.ts";
import { labelledId } from "./wire.ts";

export interface CredentialParameters {
  readonly registry: Registry;
  /** W. */
  readonly issuer: PointG2;
  readonly tracers: TracerKeys;
  /** 32 bytes that stand for all of it. */
  readonly id: Uint8Array;
}

/** As published by the authority. */
export interface PublishedParameters extends TracerCount {
  readonly registry: Registry;
  readonly issuerKey: Uint8Array;
  readonly dealings: readonly Uint8Array[];
}

/**
 * Published parameters, checked. Run once by everybody.
 * @throws CredentialError of `acceptIssuerKey` and `acceptTracers`
 */
export function acceptParameters(published: PublishedParameters): CredentialParameters {
  const { registry, threshold, members } = published;
  const issuer = acceptIssuerKey(published.issuerKey);
  const tracers = acceptTracers({ threshold, members }, published.dealings);
  return { registry, issuer, tracers, id: idOf(registry, issuer, tracers) };
}

function idOf(registry: Registry, issuer: PointG2, tracers: TracerKeys): Uint8Array {
  const keys: readonly PointG1[] = [tracers.point, ...tracers.memberPoints];
  return labelledId(
    "EVCRED-v1/parameters",
    bigintToBytes(registry.chainId, 32),
    getBytes(registry.identities),
    issuer.toBytes(),
    Uint8Array.of(tracers.threshold, tracers.members),
    ...keys.map((point) => point.toBytes()),
  );
}
