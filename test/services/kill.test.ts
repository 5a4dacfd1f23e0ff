/**
 * Authority, proxy and cloud are ended in the middle of a round, before and after the first and the
 * last message of every kind; with DEEP=1 (`npm run deep:apart`) at every message. The round
 * aborts, nothing has left it, nobody's money has moved, and no process has got anything that it
 * could read; the next attempt is dealt anew.
 */
import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { network } from "hardhat";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Phase } from "../../offchain/core/messages/market.ts";
import { offerFields, requestFields } from "../../offchain/core/messages/records.ts";
import { closeRound } from "../../offchain/market/auction/closeRound.ts";
import {
  decideAuction,
  postDecisions as postDecided,
} from "../../offchain/market/auction/decideAuction.ts";
import { runningRound } from "../../offchain/market/auction/rounds.ts";
import type { RoundOutcome } from "../../offchain/market/matching.ts";
import { FRAME_TYPES } from "../../offchain/parties/server/frames.ts";
import { nothingForm } from "../../offchain/services/forms.ts";
import { partiesApart, type PartiesApart } from "../../offchain/services/apart/partiesApart.ts";
import { ServiceError, type Service } from "../../offchain/services/apart/process.ts";
import type { PartyName } from "../../offchain/services/apart/trio.ts";
import { populatedWorld, type MarketWorld } from "../support/market/deployed.ts";
import { send } from "../../offchain/chain/market.ts";
import { chainRelay, type ChainRelay } from "../support/services/chainRelay.ts";
import { keyApart } from "../support/services/apartRound.ts";
import {
  firstBodies,
  heardBy,
  keptBy,
  openedByCloud,
  readableIn,
} from "../support/services/evidence.ts";
import { countsOf, plan, wasCarriedOut, type KillPlan } from "../support/services/killing.ts";
import { announcedOf, deskOf, onceOnly } from "../support/services/marketSteps.ts";
import { stakedRound, stakesOf, type StakedRound } from "../support/services/stakedRound.ts";

const DEEP = process.env.DEEP === "1";
const VICTIMS: readonly PartyName[] = ["proxy", "cloud", "authority"];
const ENTRIES = {
  authority: new URL("../support/services/killableAuthority.ts", import.meta.url),
  proxy: new URL("../support/services/killableProxy.ts", import.meta.url),
  cloud: new URL("../support/services/killableCloud.ts", import.meta.url),
};
/** Frames that a match has none of. */
const REHEARSED: readonly string[] = ["priceSum", "standings"];
type Kind = "match" | "rehearsal";
type Moment = Omit<KillPlan, "pid">;

describe("a process that is ended in a round", function () {
  this.timeout(DEEP ? 1_200_000 : 120_000);

  let root: string;
  let parties: PartiesApart;
  let world: MarketWorld;
  let relay: ChainRelay;
  let staked: StakedRound;
  let untouched: Awaited<ReturnType<typeof stakesOf>>;
  let round = 1n;
  const counts = new Map<Kind, ReadonlyMap<number, number>>();
  const said: string[] = [];

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "kill-"));
    world = await populatedWorld(await network.create());
    relay = await chainRelay(world.market);
    parties = await partiesApart({
      folder: root,
      chain: relay.place,
      entries: ENTRIES,
      say: (line) => said.push(line),
    });
    staked = await stakedRound(world, parties, await keyApart(parties), "killed");
    untouched = await stakesOf(world, staked);
    for (const kind of ["match", "rehearsal"] as const) {
      await attempt(kind);
      counts.set(kind, countsOf(root, "proxy"));
    }
  });

  beforeEach(() => {
    // Attempts of a round are counted in a byte.
    round += 1n;
  });

  after(async () => {
    await parties.close();
    await relay.close();
    await world.connection.close();
    await rm(root, { recursive: true });
  });

  const attempt = (kind: Kind): Promise<object> => {
    relay.say({ round, kind });
    return parties.attempt({ ...staked.input, round }, kind);
  };

  /** One attempt in which the victim is ended. Null if the round came to its end all the same. */
  async function expectAborted(
    victim: PartyName,
    moment: Moment,
    kind: Kind,
  ): Promise<ServiceError | null> {
    const services = await parties.trio.ready();
    plan(root, { ...moment, pid: services[victim].pid });
    const ended = await attempt(kind).catch(failureOf);
    expect(wasCarriedOut(root), `${victim} ended at ${JSON.stringify(moment)}`).to.equal(true);
    await hasEnded(services[victim]);
    if (ended instanceof ServiceError) {
      expectReason(victim, ended);
      return ended;
    }
    // The authority takes no part in what comes after its letters.
    expect(victim).to.equal("authority");
    if (kind === "match") expectOracle(ended as RoundOutcome);
    return null;
  }

  /** Of whoever was ended one reason, not what others were told. */
  function expectReason(victim: PartyName, { code }: ServiceError): void {
    expect(code).to.equal(victim === "authority" ? "E_DEALER_GONE" : "E_SERVICE_ENDED");
  }

  function expectOracle({ matches, unmatched }: RoundOutcome): void {
    const [buyer, other] = staked.buyers;
    const [seller] = staked.sellers;
    const pairs = matches.map(({ vehicle, pile }) => [vehicle, pile]);
    expect(pairs).to.deep.equal([[buyer?.wallet.address, seller?.wallet.address]]);
    expect(unmatched).to.deep.equal([other?.wallet.address]);
  }

  const kinds = Object.entries(FRAME_TYPES).flatMap(([name, type]) => {
    const kind: Kind = REHEARSED.includes(name) ? "rehearsal" : "match";
    return name === "abort" ? [] : [[name, type, kind] as const];
  });
  for (const victim of VICTIMS) {
    for (const [name, type, kind] of kinds) {
      for (const when of ["before", "after"] as const) {
        it(`${victim} ${when} ${name}`, async () => {
          const count = counts.get(kind)?.get(type) ?? 0;
          expect(count, `frames of type ${name}`).to.be.at.least(1);
          const all = Array.from({ length: count }, (_none, place) => place);
          const places = DEEP ? all : [...new Set([0, count - 1])];
          const at = victim === "authority" ? "proxy" : victim;
          for (const place of places) {
            await expectAborted(victim, { at, type, place, when }, kind);
          }
        });
      }
    }
  }

  for (const [server, name] of ["proxy", "cloud"].entries()) {
    for (const when of ["before", "after"] as const) {
      it(`authority ${when} the letter to the ${name}`, async () => {
        const moment: Moment = { at: "authority", type: server, place: 0, when };
        const ended = await expectAborted("authority", moment, "match");
        // Who has its letter misses nothing itself.
        if (when === "after") expect(ended?.service).not.to.equal(name);
      });
    }
  }

  it("is started again, and the round is attempted anew by itself", async () => {
    for (const victim of ["proxy", "cloud"] as const) {
      const services = await parties.trio.ready();
      const moment = { at: victim, type: FRAME_TYPES.bits, place: 1, when: "before" } as const;
      plan(root, { ...moment, pid: services[victim].pid });
      said.length = 0;
      relay.say({ round, kind: "match" });
      expectOracle(await parties.match({ ...staked.input, round }));
      expect(said).to.have.length(1);
      expect(said[0]).to.contain("is given up (E_");
      round += 1n;
    }
  });

  it("is not taken into an attempt that was dealt before", async () => {
    const { proxy, cloud } = await parties.trio.ready();
    await attempt("rehearsal");
    const { auctionId } = staked.input;
    const again = { attempt: { auctionId, round: Number(round), attempt: 1 } };
    const refused = await cloud.call("play", again, nothingForm).catch(failureOf);
    expect(refused).to.have.property("code", "E_ATTEMPT_TAKEN");
    expect(proxy.isRunning()).to.equal(true);
  });

  it("never met the same randomness twice", async () => {
    const heard = { proxy: await heardBy(root, "proxy"), cloud: await heardBy(root, "cloud") };
    for (const [party, attempts] of Object.entries(heard)) {
      expect(attempts.length, party).to.be.at.least(20);
      for (const type of [FRAME_TYPES.rings, FRAME_TYPES.bits]) {
        const bodies = firstBodies(attempts, type);
        expect(bodies.length, `${party}, ${type}`).to.be.at.least(10);
        expect(new Set(bodies).size, `${party}, ${type}`).to.equal(bodies.length);
      }
    }
    const records = firstBodies(heard.cloud, FRAME_TYPES.records);
    expect(new Set(records).size).to.equal(records.length);
  });

  it("has got nothing that it could read", async () => {
    const requests = staked.buyers.map(({ clear }) => clear);
    const offers = staked.sellers.map(({ clear }) => clear);
    for (const party of VICTIMS) {
      const kept = await keptBy(root, party);
      expect(kept.length, party).to.be.at.least(3);
      expect(readableIn(kept, requests, offers).filter(isSecret), party).to.deep.equal([]);
    }
    const opened = openedByCloud(await heardBy(root, "cloud"));
    expect(opened.length).to.be.at.least(100);
    const clear = new Set([...requests.flatMap(requestFields), ...offers.flatMap(offerFields)]);
    expect(opened.filter((number) => number > 1n && clear.has(number))).to.deep.equal([]);
    // The scan does find what can be read.
    const told = new TextEncoder().encode(JSON.stringify(requests.map(({ position }) => position)));
    expect(readableIn([{ where: "told", bytes: told }], requests, offers)).not.to.deep.equal([]);
  });

  it("leaves everybody's money and standing alone in each step of the market", async () => {
    const town = await populatedWorld(await network.create());
    const { market, connection } = town;
    relay.say(null);
    relay.show(market);
    const lasting = await stakedRound(town, parties, staked.input.roundKey, "steps", 2n);
    const { auctionId } = lasting;
    const [desk, auction, servers] = [
      deskOf(town, lasting),
      announcedOf(lasting),
      onceOnly(parties),
    ];
    const watched = { onProgress: () => undefined, signal: new AbortController().signal };
    const { balances, standing } = await stakesOf(town, lasting);
    const alone = async (phase: Phase): Promise<void> => {
      expect(await stakesOf(town, lasting)).to.deep.equal({ phase, balances, standing });
    };

    await endedInStep(
      () => closeRound(market, desk, servers, auction, watched),
      () => alone("matching"),
    );
    await alone("bidding");
    const { roundEnds } = await runningRound(market, auctionId);
    await connection.networkHelpers.time.increaseTo(roundEnds);
    await endedInStep(
      () => decideAuction(market, desk, servers, auction, watched),
      () => alone("matching"),
    );
    await postDecided(market, desk, auctionId);
    await alone("opening");
    expect(await desk.store.decided(auctionId)).to.have.length(1);
    relay.show(world.market);
    await connection.close();
  });

  /**
   * Ends each process in a step before its first and after its last message, and then lets the step
   * come to its end, if the authority, which is ended last, has not been too late to hinder it.
   */
  async function endedInStep(
    step: () => Promise<unknown>,
    expectAlone: () => Promise<void>,
  ): Promise<void> {
    const before = { type: FRAME_TYPES.headers, place: 0, when: "before" } as const;
    const after = { type: FRAME_TYPES.outcome, place: 0, when: "after" } as const;
    const moments: readonly (readonly [PartyName, Moment])[] = [
      ["proxy", { at: "proxy", ...before }],
      ["proxy", { at: "proxy", ...after }],
      ["cloud", { at: "cloud", ...before }],
      ["cloud", { at: "cloud", ...after }],
      ["authority", { at: "authority", type: 0, place: 0, when: "before" }],
      ["authority", { at: "authority", type: 1, place: 0, when: "after" }],
    ];
    let isDone = false;
    for (const [victim, moment] of moments) {
      const services = await parties.trio.ready();
      plan(root, { ...moment, pid: services[victim].pid });
      const ended = await step().catch(failureOf);
      expect(wasCarriedOut(root), `${victim} ended at ${JSON.stringify(moment)}`).to.equal(true);
      await hasEnded(services[victim]);
      isDone = !(ended instanceof ServiceError);
      if (ended instanceof ServiceError) {
        expectReason(victim, ended);
        await expectAlone();
      } else expect([victim, moment.when]).to.deep.equal(["authority", "after"]);
    }
    if (!isDone) await step();
  }

  it("moved nobody's money: the auction goes on to its decisions", async () => {
    expect(await stakesOf(world, staked)).to.deep.equal(untouched);
    expect(untouched.phase).to.equal("matching");
    relay.say(null);
    const outcome = await parties.match(staked.input);
    expectOracle(outcome);
    const { matches, participantsRoot, secondSignature } = outcome;
    const decisions = matches.map(({ decision }) => decision);
    const { auctions } = world.market.contracts;
    const post = auctions.connect(world.matcher.signer).postDecisions;
    const { auctionId } = staked;
    await send(world.market, post(auctionId, 1n, decisions, participantsRoot, secondSignature));
    expect(await stakesOf(world, staked)).to.deep.equal({ ...untouched, phase: "opening" });
  });

  it("frees all stakes of an auction that is never matched", async () => {
    const another = await populatedWorld(await network.create());
    const { market, connection } = another;
    relay.show(market);
    const lost = await stakedRound(another, parties, staked.input.roundKey, "lost");
    const committed = await stakesOf(another, lost);
    expect(committed.balances.filter((one) => one.endsWith(" 0 locked"))).to.deep.equal([]);
    await connection.networkHelpers.time.increaseTo(lost.terms.matchingEnds);
    const { auctions } = market.contracts;
    const [vehicles, piles] = [lost.buyers, lost.sellers].map((people) =>
      people.map(({ wallet }) => wallet.address),
    );
    await auctions.releaseExpired(lost.auctionId, vehicles ?? [], piles ?? []);
    const { phase, balances } = await stakesOf(another, lost);
    expect(phase).to.equal("closed");
    expect(balances.filter((one) => !one.endsWith(" 0 locked"))).to.deep.equal([]);
    await connection.close();
  });
});

/**
 * The mean price of a rehearsal is for everybody, and the cloud signs it; of the only leader it is
 * the price.
 */
function isSecret(found: string): boolean {
  return !found.startsWith("seller 0's number 2 in cloud");
}

async function hasEnded(service: Service): Promise<void> {
  while (service.isRunning()) await sleep(1);
}

function failureOf(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  throw error;
}
