/**
 * A parcel: what a party hands on to others as one file, while no service carries it. It is signed,
 * so that whoever unpacks it knows whose word it is; nothing in it is secret, and what it means is
 * checked against the chain by whoever uses it.
 */
import { concat, getAddress, id, keccak256, type Signer } from "ethers";
import type { Address, Bytes32, Venue } from "./market.ts";
import { PARCEL_TYPES, parcelDomain } from "./typedData.ts";
import { signerOf } from "./signatureForm.ts";

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
  const contentHash = hashOfText(files);
  if (contentHash === null) return false;
  const value = { contentHash, packedAt };
  const signed = { domain: parcelDomain(venue), types: PARCEL_TYPES, value };
  return signerOf(signed, signature) === getAddress(from);
}

/** Null for text that is no Unicode (half a pair of surrogates): nobody can have signed it. */
function hashOfText(files: ParcelFiles): Bytes32 | null {
  const texts = [...Object.keys(files), ...Object.values(files)];
  return texts.every((text) => text.isWellFormed()) ? parcelHash(files) : null;
}
