/** The account that a vehicle trades from, in one slot and never again. */
import { Wallet } from "ethers";
import type { AuctionTerms } from "../../core/messages/market.ts";
import { authoriseAccount } from "../../market/authorising.ts";
import { memorySessionAccount } from "../../parties/vehicle/sessionAccount.ts";
import type { CredentialOffice, MemberVehicle, SessionActor, StationActor } from "./actors.ts";
import type { DayContext } from "./context.ts";

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
    participantId: session.signed.authorisation.nymHash,
    sealKeys,
    authorised: session.signed,
    purse,
  };
}
