/**
 * What the proxy says of everybody whom the chain names: the header of an upload that is admitted,
 * or why there is none. What it has said of an upload before, it says again.
 */
import type { Committed, CommittedRound } from "../../chain/committed.ts";
import type { Bytes32 } from "../../core/messages/market.ts";
import type { Absence, Absent, Said } from "../../core/messages/participants.ts";
import { hashedUpload } from "../../core/messages/upload.ts";
import type { Entry, Inventory } from "../server/inventory.ts";
import type { Admission, NotAdmitted, Offered, Requested } from "./admission.ts";

export interface Listing {
  readonly bought: Admission<Requested>;
  readonly sold: Admission<Offered>;
  /** Piles that take no part because an earlier auction of the slot has matched them. */
  readonly promised: readonly NotAdmitted[];
  /** What was said of uploads of the auction before. */
  readonly before: ReadonlyMap<Bytes32, Said>;
}

export interface Listed {
  readonly inventory: Omit<Inventory, "kind">;
  readonly present: {
    readonly requests: readonly Requested[];
    readonly offers: readonly Offered[];
  };
  readonly absent: readonly Absent[];
  readonly notAdmitted: readonly NotAdmitted[];
  readonly said: ReadonlyMap<Bytes32, Said>;
}

export function listed({ requests, offers }: CommittedRound, listing: Listing): Listed {
  const bought = sideOf(requests, listing.bought, [], listing.before);
  const sold = sideOf(offers, listing.sold, listing.promised, listing.before);
  const both = [...bought.places, ...sold.places];
  return {
    inventory: { requests: bought.places.map(entryOf), offers: sold.places.map(entryOf) },
    present: { requests: bought.present, offers: sold.present },
    absent: both.flatMap(({ of: { uploadHash }, absence }) =>
      absence === null ? [] : [{ uploadHash, absence }],
    ),
    notAdmitted: [...bought.notAdmitted, ...sold.notAdmitted],
    said: new Map(both.map(({ of: { commitment }, absence }) => [commitment, absence])),
  };
}

/** One whom the chain names. */
type Place<T extends Requested> =
  | { readonly of: Committed; readonly absence: null; readonly admitted: T }
  | { readonly of: Committed; readonly absence: Absence };

interface Side<T extends Requested> {
  readonly places: readonly Place<T>[];
  readonly present: readonly T[];
  readonly notAdmitted: readonly NotAdmitted[];
}

function sideOf<T extends Requested>(
  committed: readonly Committed[],
  { admitted, notAdmitted }: Admission<T>,
  promised: readonly NotAdmitted[],
  before: ReadonlyMap<Bytes32, Said>,
): Side<T> {
  // By account: a hash on chain is anybody's to repeat.
  const known = new Map(admitted.map((one) => [one.upload.account, one]));
  const reasons = new Map([...notAdmitted, ...promised].map((one) => [one.account, one]));
  const held = new Set(promised.map(({ account }) => account));
  const places = committed.map((of): Place<T> => {
    const found = known.get(of.account);
    const said = before.get(of.commitment);
    if (said !== undefined && said !== null) return { of, absence: said };
    if (held.has(of.account)) return { of, absence: "promised" };
    if (found !== undefined) return { of, absence: null, admitted: found };
    return { of, absence: reasons.has(of.account) ? "refused" : "missing" };
  });
  return {
    places,
    present: places.flatMap((place) => (place.absence === null ? [place.admitted] : [])),
    notAdmitted: places.flatMap(({ of: { account }, absence }) =>
      absence === null ? [] : [reasons.get(account) ?? missing(account, absence)],
    ),
  };
}

function entryOf<T extends Requested>(place: Place<T>): Entry {
  if (place.absence !== null) return { absence: place.absence };
  const { upload, signature } = place.admitted;
  const { sealKey, setId, cells, recordHash, proofHash } = hashedUpload(upload);
  return {
    absence: null,
    header: { sealKey, setId, cells, recordHash, proofHash, signature },
  };
}

function missing(account: string, absence: Absence): NotAdmitted {
  const reason = `expected the upload that ${account} committed to, got none when the round began`;
  return { account, code: `E_ADMISSION_${absence.toUpperCase()}`, reason };
}
