/**
 * Frozen digests of everything that is signed with EIP-712, by `core/messages/typedData.ts`: one of
 * each type, its fields filled with draws.
 */
import { getAddress, id as hashOfText, TypedDataEncoder, Wallet } from "ethers";
import type { TypedDataDomain, TypedDataField } from "ethers";
import { z } from "zod";
import * as typedData from "../../../../offchain/core/messages/typedData.ts";
import { bytesToBigint } from "../../../../offchain/core/primitives/bytes.ts";
import { digits, DRAWS, drawsOf, type FrozenFile, hex, type Json } from "./form.ts";

/** What is exported beside the domains. */
const typesShape = z.record(z.string(), z.array(z.object({ name: z.string(), type: z.string() })));

const CHAIN_ID = 31_337n;
const SIGNER = new Wallet(hashOfText("frozen wallet of the signer"));
/** Types that change before version 1; they get their vectors then. */
const CHANGING: readonly string[] = ["NotSelected", "Upload"];

const IDENTITIES = typedData.identityDomain(CHAIN_ID, verifier("IdentityRegistry"));
const SESSIONS = typedData.sessionDomain(CHAIN_ID, verifier("ChargingSession"));
const METERS = typedData.meterDomain(CHAIN_ID, verifier("MeterRegistry"));
/** Who verifies which type. */
const DOMAINS: Readonly<Record<string, TypedDataDomain>> = {
  Certificate: IDENTITIES,
  EnrolmentRequest: IDENTITIES,
  Invitation: typedData.openAuctionDomain({
    chainId: CHAIN_ID,
    openAuctions: verifier("OpenAuction"),
  }),
  Reading: SESSIONS,
  BeginReading: SESSIONS,
  Parcel: typedData.parcelDomain({ chainId: CHAIN_ID, auctions: verifier("PricingAuction") }),
  Ruling: SESSIONS,
  Revocation: METERS,
  MeterWish: METERS,
  MeterRequest: METERS,
  TraceApproval: IDENTITIES,
  // Of the contract that is called; here that of the sessions.
  Call: SESSIONS,
  LeftoverClaim: typedData.cashierDomain(CHAIN_ID, verifier("Escrow")),
};

export async function typedDataVectors(): Promise<FrozenFile> {
  const names = [...EXPORTED.keys()].filter((name) => !CHANGING.includes(name));
  return {
    what: "EIP-712: of every type its string, a message, the hashes of type, struct and domain, the digest, and a signature (RFC 6979) by the signer.",
    draws: `${DRAWS} Labels: frozen/typed data, the type and the field, with blanks between; a number is its draw of as many bytes as its type has.`,
    signer: { secret: SIGNER.privateKey, address: SIGNER.address },
    types: await Promise.all(names.toSorted().map(vectorOf)),
  };
}

/** Every type that the module exports, by its name. */
const EXPORTED: ReadonlyMap<string, readonly TypedDataField[]> = new Map(
  Object.values<unknown>(typedData).flatMap((value) => {
    const types = typesShape.safeParse(value);
    return types.success ? Object.entries(types.data) : [];
  }),
);

async function vectorOf(name: string): Promise<Json> {
  const fields = [...(EXPORTED.get(name) ?? [])];
  const domain = DOMAINS[name];
  if (domain === undefined) {
    throw new RangeError(`typedData: expected the domain of ${name} among DOMAINS, got none`);
  }
  const types = { [name]: fields };
  const message = Object.fromEntries(
    fields.map((field) => [field.name, sampleOf(field.type, `${name} ${field.name}`)]),
  );
  const encoder = TypedDataEncoder.from(types);
  const encodedType = encoder.encodeType(name);
  return {
    name,
    domain: digits({ ...domain }),
    encodedType,
    message,
    typeHash: hashOfText(encodedType),
    structHash: encoder.hash(message),
    domainSeparator: TypedDataEncoder.hashDomain(domain),
    digest: TypedDataEncoder.hash(domain, types, message),
    signature: await SIGNER.signTypedData(domain, types, message),
  };
}

/** A value of a type from its draws, numbers as digits. */
function sampleOf(type: string, label: string): string {
  const draws = drawsOf(`typed data ${label}`);
  if (type === "address") return getAddress(hex(draws.bytes(20)));
  if (type === "bytes32") return hex(draws.bytes(32));
  const [, bits] = /^uint(\d+)$/.exec(type) ?? [];
  if (bits !== undefined) return String(bytesToBigint(draws.bytes(Number(bits) / 8)));
  if (type === "bytes") return hex(draws.bytes(100));
  throw new RangeError(`typedData: expected a type with a sample, got ${type} of ${label}`);
}

function verifier(name: string): string {
  return getAddress(hashOfText(`frozen ${name}`).slice(0, 42));
}
