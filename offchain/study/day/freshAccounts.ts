/** Accounts that nobody can derive: of those that stay, and of a vehicle in one slot. */
import { Wallet } from "ethers";
import { nymHashOf } from "../../core/credential/handshake/authorisation.ts";
import type { AuctionTerms } from "../../core/messages/market.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { authoriseAccount } from "../../market/authorising.ts";
import { memorySessionAccount } from "../../parties/vehicle/sessionAccount.ts";
import type { CredentialOffice, MemberVehicle, SessionActor, StationActor } from "./actors.ts";
import type { DayContext } from "./context.ts";

/** The account of somebody who keeps it for the day. */
export function freshWallet({ rng, market }: Pick<DayContext, "rng" | "market">): Wallet {
  return new Wallet(bytesToHex(rng.bytes(32)), market.provider);
}

/** A fresh account, which the station has authorised on chain for an auction. */
export async function openSession(
  { rng, market }: DayContext,
  { parameters, epoch }: CredentialOffice,
  { station }: StationActor,
  { name, credential, purse }: MemberVehicle,
  auction: { readonly terms: AuctionTerms; readonly nowSeconds: number },
): Promise<SessionActor> {
  const vehicle = { credential, store: memorySessionAccount(), rng };
  const occasion = { ...auction, epoch };
  const session = await authoriseAccount(market, parameters, vehicle, station, occasion);
  const { privateKey, sealKeys } = session.account;
  return {
    kind: "vehicle",
    name,
    wallet: new Wallet(privateKey, market.provider),
    faucet: null,
    participantId: nymHashOf(session.signed.authorisation),
    sealKeys,
    authorised: session.signed,
    purse,
  };
}
