/**
 * A market on a chain of its own, deployed by the Ignition modules, with people who may take part
 * and have money.
 */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { id } from "ethers";
import { artifacts } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import DemoToken from "../../../ignition/modules/DemoToken.ts";
import type { MarketPlan } from "../../../offchain/chain/deployment/plan.ts";
import { USUAL_TERMS, type MarketTerms } from "../../../offchain/chain/deployment/terms.ts";
import type { Address, Bytes32 } from "../../../offchain/core/messages/market.ts";
import { systemRng } from "../../../offchain/core/primitives/random.ts";
import type { Applicant } from "../../../offchain/core/messages/applicant.ts";
import {
  connectMarket,
  send,
  type Market,
  type MarketContracts,
} from "../../../offchain/chain/market.ts";
import { gasLedger } from "../../../offchain/chain/gasLedger.ts";
import type { Faucet } from "../../../offchain/chain/funds.ts";
import { demoFaucet } from "../../../tasks/support/demoToken.ts";
import { CERTIFICATE_DAYS } from "../../../offchain/core/messages/lifetimes.ts";
import { enrolParticipant } from "../../../offchain/market/participants.ts";
import { marketArtifacts } from "../../../tasks/support/artifacts.ts";
import { contractsAt } from "../../../tasks/support/contracts.ts";
import { deployPlanned } from "../../../tasks/support/marketDeployment.ts";

export interface Participant {
  readonly signer: HardhatEthersSigner;
  readonly id: Bytes32;
}

export interface MarketWorld {
  readonly connection: NetworkConnection;
  readonly market: Market;
  /** Mints demo tokens. */
  readonly faucet: Faucet;
  readonly authority: HardhatEthersSigner;
  readonly stranger: HardhatEthersSigner;
  readonly matcher: Participant;
  /** A matcher of another operator. */
  readonly secondServer: Participant;
  readonly vehicle: Participant;
  readonly otherVehicle: Participant;
  readonly pile: Participant;
  readonly otherPile: Participant;
}

/** Free balance of everybody, in token units. */
const FUNDS = 1_000_000_000n;
/** Of a certified pile. */
const SOME_PILE: NonNullable<Applicant["pile"]> = {
  kind: "private",
  ratedPowerW: 22_000,
  siteCommitment: id("a site"),
};

/**
 * The contracts, the token and the people, nobody enrolled yet. Settlements are final at once.
 * @param journal names what Ignition notes of the deployment; needed on a node, where it would
 *   resume an older one
 * @param others terms that are not the usual ones
 */
export async function deployedWorld(
  connection: NetworkConnection,
  journal?: string,
  others: Partial<MarketTerms> = {},
): Promise<MarketWorld> {
  const { token, addresses } = await deployed(connection, journal, others);
  return worldAt(connection, { token, ...addresses });
}

/** The contracts alone. */
async function deployed(
  connection: NetworkConnection,
  journal?: string,
  others: Partial<MarketTerms> = {},
): Promise<{ readonly token: Address } & MarketPlan> {
  const { ethers, ignition } = connection;
  const [authority] = await ethers.getSigners();
  if (!authority) throw new Error("deployed: expected an account");
  const noted = journal === undefined ? {} : { deploymentId: journal };
  const { token: minted } = await ignition.deploy(DemoToken, noted);
  const token = await minted.getAddress();
  const { address } = authority;
  const own = { token, authority: address, court: address, arbiters: [], quorum: 0 };
  const terms = { ...USUAL_TERMS, ...own, disputeSeconds: 0, ...others };
  const origin = { creator: address, salt: id("a market") };
  const codes = await marketArtifacts({ artifacts });
  return { token, ...(await deployPlanned(connection, codes, origin, terms, noted)) };
}

/** The same for contracts that are there already. */
export async function worldAt(
  connection: NetworkConnection,
  at: Readonly<Record<keyof MarketContracts, string>>,
): Promise<MarketWorld> {
  const { ethers } = connection;
  const [authority, stranger, matcher, vehicle, otherVehicle, pile, otherPile, secondServer] =
    await ethers.getSigners();
  if (!authority || !stranger || !matcher || !secondServer) {
    throw new Error("worldAt: expected eight accounts");
  }
  if (!vehicle || !otherVehicle || !pile || !otherPile) {
    throw new Error("worldAt: expected eight accounts");
  }
  const token = await ethers.getContractAt("DemoToken", at.token);
  const contracts = { ...(await contractsAt(ethers, at)), token };
  const market = await connectMarket(ethers.provider, contracts, gasLedger(), "DemoToken");
  return {
    connection,
    market,
    faucet: demoFaucet(token),
    authority,
    stranger,
    matcher: named(matcher, "matcher"),
    secondServer: named(secondServer, "second server"),
    vehicle: named(vehicle, "vehicle"),
    otherVehicle: named(otherVehicle, "other vehicle"),
    pile: named(pile, "pile"),
    otherPile: named(otherPile, "other pile"),
  };
}

/** As `deployedWorld`, with everybody but the stranger enrolled and funded. */
export async function populatedWorld(
  connection: NetworkConnection,
  journal?: string,
  others: Partial<MarketTerms> = {},
): Promise<MarketWorld> {
  return populated(await deployedWorld(connection, journal, others));
}

/** Enrols and funds everybody but the stranger. */
export async function populated(world: MarketWorld): Promise<MarketWorld> {
  await enrol(world, world.matcher, "matcher", { operator: "an operator" });
  await enrol(world, world.secondServer, "matcher", { operator: "another operator" });
  for (const vehicle of [world.vehicle, world.otherVehicle]) {
    await enrol(world, vehicle, "vehicle");
    await fund(world, vehicle);
  }
  for (const pile of [world.pile, world.otherPile]) {
    await enrol(world, pile, "pile", { pile: SOME_PILE });
    await fund(world, pile);
  }
  return world;
}

/** Unix seconds of the latest block. */
export function nowSeconds({ connection }: MarketWorld): Promise<number> {
  return connection.networkHelpers.time.latest();
}

/** Who is certified: an account, and the id that it gets. */
export interface Enrolled extends Pick<Participant, "id"> {
  readonly signer: Pick<HardhatEthersSigner, "address">;
}

/** The authority certifies somebody for a year. */
export async function enrol(
  world: MarketWorld,
  { signer, id: participantId }: Enrolled,
  kind: Applicant["kind"],
  { pile = null, operator = null }: Partial<Pick<Applicant, "pile" | "operator">> = {},
): Promise<void> {
  const { market, authority } = world;
  const applicant = { account: signer.address, participantId, kind, pile, operator };
  const enrolment = { applicant, days: CERTIFICATE_DAYS, relay: authority };
  const desk = { wallet: authority, rng: systemRng };
  const now = await nowSeconds(world);
  await enrolParticipant(market, desk, { ...enrolment, nowSeconds: now });
}

export async function fund(
  { market, faucet }: MarketWorld,
  { signer }: Participant,
): Promise<void> {
  const { token, escrow } = market.contracts;
  await faucet(market, signer, FUNDS);
  await send(market, token.connect(signer).approve(await escrow.getAddress(), FUNDS));
  await send(market, escrow.connect(signer).deposit(signer.address, FUNDS));
}

function named(signer: HardhatEthersSigner, name: string): Participant {
  return { signer, id: id(`participant/${name}`) };
}
