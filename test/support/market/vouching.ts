/** Accounts that a pile or a matcher lets in by its own word. */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { id } from "ethers";
import { send } from "../../../offchain/chain/market.ts";
import {
  authorisationMessage,
  nymHashOf,
  signAuthorisation,
  type SessionAuthorisation,
} from "../../../offchain/core/credential/handshake/authorisation.ts";
import type { Bytes32 } from "../../../offchain/core/messages/market.ts";
import type { MarketWorld } from "./deployed.ts";

/** Unix seconds. */
interface Slot {
  readonly slotStart: number;
  readonly slotEnd: number;
}

/** The account relays the station's word itself. Its id as a participant. */
export async function vouch(
  { market }: Pick<MarketWorld, "market">,
  station: MarketWorld["pile"],
  account: HardhatEthersSigner,
  slot: Slot,
): Promise<Bytes32> {
  const { identities } = market.contracts;
  const authorisation: SessionAuthorisation = {
    account: account.address,
    role: "charge",
    place: id("vouching/a place"),
    ...slot,
    nym: id("vouching/a nym"),
    stationId: station.id,
    maxEnergyWh: 100_000,
  };
  const registry = { chainId: market.chainId, identities: await identities.getAddress() };
  const signature = await signAuthorisation(registry, station.signer, authorisation);
  const message = authorisationMessage(authorisation);
  await send(market, identities.connect(account).authorise(message, signature, "0x"));
  return nymHashOf(authorisation);
}
