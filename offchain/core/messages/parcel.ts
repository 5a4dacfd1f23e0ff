/**
 * A parcel: what a party hands on to others as one file, while no service carries it. It is signed,
 * so that whoever unpacks it knows whose word it is; nothing in it is secret, and what it means is
 * checked against the chain by whoever uses it.
 */
import { concat, getAddress, id, keccak256, verifyTypedData, type Signer } from "ethers";
import type { Address, Bytes32, Venue } from "./market.ts";
import { PARCEL_TYPES, parcelDomain } from "./typedData.ts";

/** Files by their path in a state folder; texts. */
export type ParcelFiles = Readonly<Record<string, string>>;

export interface Parcel {
  readonly from: Address;
  /** Unix seconds. Of two parcels of one sender the later one counts. */
  readonly packedAt: bigint;
  readonly files: ParcelFiles;
  readonly signature: string;
}

/** `keccak256` over the hashes of path and text of every file, in the order of the paths. */
function parcelHash(files: ParcelFiles): Bytes32 {
  const paths = Object.keys(files).toSorted();
  return keccak256(concat(paths.flatMap((path) => [id(path), id(files[path] ?? "")])));
}

/** Run by whoever hands something on. */
export async function signParcel(
  sender: Signer,
  venue: Venue,
  packedAt: bigint,
  files: ParcelFiles,
): Promise<Parcel> {
  const from = await sender.getAddress();
  const message = { contentHash: parcelHash(files), packedAt };
  const signature = await sender.signTypedData(parcelDomain(venue), PARCEL_TYPES, message);
  return { from, packedAt, files, signature };
}

/** Whether the sender has signed exactly this, for this market. */
export function isParcelOf(venue: Venue, { from, packedAt, files, signature }: Parcel): boolean {
  try {
    // Text that is no Unicode (half a pair of surrogates) has no hash, and nobody has signed it.
    const message = { contentHash: parcelHash(files), packedAt };
    const signer = verifyTypedData(parcelDomain(venue), PARCEL_TYPES, message, signature);
    return signer === getAddress(from);
  } catch {
    return false;
  }
}
