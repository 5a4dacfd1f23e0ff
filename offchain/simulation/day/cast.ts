/**
 * Creates and enrols everybody who acts in a world. Accounts are derived from the seed, so that a day can be repeated
 * and looked up; they hold money of a simulated chain and nothing else. Seal keys and salts are real secrets of the run.
 */
import { id, Wallet } from "ethers";
import { siteCommitment } from "../../messages/market.ts";
import { bytesToHex } from "../../primitives/bytes.ts";
import { generateSealKeyPair } from "../../primitives/sealedBox.ts";
import { certify, type Applicant } from "../../roles/authority.ts";
import { send, type Market } from "../../roles/chain.ts";
import type { WorldPile } from "../world.ts";
import type { Actor, Cast, DayContext, PileActor } from "./context.ts";
import { installedMeter, registerMeter } from "./metering.ts";

interface CertificateTimes {
  readonly validUntil: number;
  readonly relayBy: number;
}

const SECONDS_PER_DAY = 86_400;
/** Certificates outlive the day and the sessions that begin on it. */
const VALID_DAYS = 40;

/** Enrols the matcher, every vehicle that makes a trip, and every pile with its meter. */
export async function enrolCast(day: DayContext): Promise<Cast> {
  const { trips, piles } = day.world;
  const vehicleNames = [...new Set(trips.map(({ vehicle }) => vehicle))];
  const total = 1 + vehicleNames.length + piles.length;
  let done = 0;
  const enrolled = async <T extends Actor>(actor: T, pile: Applicant["pile"]): Promise<T> => {
    day.signal.throwIfAborted();
    await enrol(day, actor, pile);
    done += 1;
    day.progress.update("enrolment", done, total);
    return actor;
  };

  const matcher = await enrolled(await createActor(day, "matcher", "matcher"), null);
  const vehicles = new Map<string, Actor>();
  for (const name of vehicleNames) {
    vehicles.set(name, await enrolled(await createActor(day, "vehicle", name), null));
  }
  const pileActors = new Map<string, PileActor>();
  for (const pile of piles) {
    const actor = await createPile(day, pile);
    pileActors.set(pile.name, await enrolled(actor, describePile(actor)));
    await registerMeter(day, actor, await certificateTimes(day));
  }
  return { matcher, vehicles, piles: pileActors };
}

async function createActor(day: DayContext, kind: Actor["kind"], name: string): Promise<Actor> {
  const label = `${day.world.seed}/${kind}/${name}`;
  return {
    kind,
    name,
    wallet: new Wallet(id(`ChargeVeil simulated account/${label}`), day.market.provider),
    participantId: id(`ChargeVeil simulated participant/${label}`),
    sealKeys: await generateSealKeyPair(day.rng),
  };
}

async function createPile(day: DayContext, pile: WorldPile): Promise<PileActor> {
  const actor = await createActor(day, "pile", pile.name);
  const siteSalt = bytesToHex(day.rng.bytes(32));
  return { ...actor, pile, siteSalt, meter: installedMeter(day, pile.name) };
}

function describePile({ participantId, pile, siteSalt }: PileActor): Applicant["pile"] {
  const { xM, yM } = pile.position;
  return {
    kind: "private",
    ratedPowerW: pile.powerW,
    siteCommitment: siteCommitment(participantId, BigInt(xM), BigInt(yM), siteSalt),
  };
}

/** Not from the world's midnight: whoever is enrolled after its day would come too late. */
async function certificateTimes({ market }: DayContext): Promise<CertificateTimes> {
  const now = await nowSeconds(market);
  return { validUntil: now + VALID_DAYS * SECONDS_PER_DAY, relayBy: now + SECONDS_PER_DAY };
}

async function enrol(day: DayContext, actor: Actor, pile: Applicant["pile"]): Promise<void> {
  const { market } = day;
  const { identities } = market.contracts;
  const { certificate, signature } = await certify(
    day.authority,
    { chainId: market.chainId, identities: await identities.getAddress() },
    {
      account: actor.wallet.address,
      participantId: actor.participantId,
      kind: actor.kind,
      pile,
    },
    await certificateTimes(day),
    day.rng,
  );
  await day.control.fundGas(actor.wallet.address);
  await send(market, identities.connect(actor.wallet).enrol(certificate, signature));
}

async function nowSeconds({ provider }: Market): Promise<number> {
  const latest = await provider.getBlock("latest");
  return latest?.timestamp ?? 0;
}
