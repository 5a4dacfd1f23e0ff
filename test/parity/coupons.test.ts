/**
 * Elections for coupons: ids, lots and winners in TypeScript against those of the contract, on a
 * whole chain.
 */
import { expect } from "chai";
import { getCreateAddress, id as hashOfText } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import type { Coupons, Escrow } from "../../types/ethers-contracts/index.js";
import { readCandidates } from "../../offchain/chain/candidates.ts";
import {
  ELECTION_RULES,
  electionIdOf,
  type ElectionRule,
  type ElectionTerms,
} from "../../offchain/core/messages/election.ts";
import { elect, quartileBar, type Candidate } from "../../offchain/core/reputation/election.ts";
import type { Stage } from "../../offchain/study/rating/ratingStage.ts";
import { rateAs, ratingStage } from "../support/market/ratingStage.ts";

/** Credibility of vehicle k when it rates. */
const SCORES = [3, 11, 11, 0, 20, 1, 8];
/** What the stage holds for a session that did not earn, and the evaluation that it becomes. */
const UNEARNED = { serial: 2 ** 55, evaluation: SCORES.length + 2 };
const FUNDS = 1_000_000n;
const CLAIM_SECONDS = 3_600;

describe("elections for coupons, TypeScript and Solidity", () => {
  let connection: NetworkConnection;
  let stage: Stage;
  let coupons: Coupons;
  let escrow: Escrow;
  let candidates: readonly Candidate[];
  let sponsor: string;

  before(async () => {
    connection = await network.create();
    const { ethers } = connection;
    stage = await ratingStage(connection);
    const token = await ethers.deployContract("DemoToken");
    sponsor = await stage.rater.getAddress();
    const nonce = (await stage.rater.getNonce()) + 1;
    const couponsAt = getCreateAddress({ from: sponsor, nonce });
    const markets: [string, string, string, string] = [couponsAt, couponsAt, couponsAt, couponsAt];
    escrow = await ethers.deployContract("Escrow", [token, markets]);
    coupons = await ethers.deployContract("Coupons", [escrow, stage.reputation]);
    await token.mint(sponsor, FUNDS);
    await token.approve(escrow, FUNDS);
    await escrow.deposit(sponsor, FUNDS);

    const signers = await ethers.getSigners();
    for (const [k, credibility] of SCORES.entries()) {
      const vehicle = signers[k + 1];
      if (vehicle === undefined) throw new Error("expected more accounts");
      await rateAs(stage, vehicle, { pile: 1, serial: 0, score: 3, credibility });
    }
    // The first vehicle rates again with more credibility than before.
    const again = signers[1];
    if (again === undefined) throw new Error("expected more accounts");
    await rateAs(stage, again, { pile: 2, serial: 0, score: 1, credibility: 4 });
    // The best of all rates a session that did not earn: it is no candidate.
    const best = signers[UNEARNED.evaluation];
    if (best === undefined) throw new Error("expected more accounts");
    await rateAs(stage, best, { pile: 1, serial: UNEARNED.serial, score: 1, credibility: 20 });
    candidates = await candidatesOnStage();
  });
  after(() => connection.close());

  /**
   * The stage stands in for the session contract: it knows the parties of a session, which is all
   * that is asked.
   */
  function candidatesOnStage(): Promise<readonly Candidate[]> {
    const { reputation } = stage;
    const { partiesOf } = stage.stage;
    const last = BigInt(UNEARNED.evaluation);
    return readCandidates({ reputation, sessions: { partiesOf } }, 1n, last);
  }

  it("reads the candidates from the chain", async () => {
    const signers = await connection.ethers.getSigners();
    const expected = [4, 11, 11, 20, 1, 8].map((score, place) => {
      const vehicle = [1, 2, 3, 5, 6, 7][place] ?? 0;
      return { vehicle: signers[vehicle]?.address, score };
    });
    expect(candidates.map(({ vehicle, score }) => ({ vehicle, score }))).to.have.deep.members(
      expected,
    );
  });

  for (const rule of ELECTION_RULES) {
    it(`agree on everything, rule ${rule}`, async () => {
      for (let run = 0; run < 6; run += 1) {
        const bar = rule === "draw" ? quartileBar(candidates) : 1;
        await electOnce(rule, bar, `${rule}/${run}`);
      }
    });
  }

  /**
   * Opens an election, claims for the winner that TypeScript names, and for everybody else in vain.
   */
  async function electOnce(rule: ElectionRule, bar: number, label: string): Promise<void> {
    const { provider } = stage;
    const { networkHelpers } = connection;
    const terms: ElectionTerms = {
      rule: BigInt(ELECTION_RULES.indexOf(rule)),
      bar: BigInt(bar),
      from: 1n,
      to: BigInt(UNEARNED.evaluation),
      seedBlock: BigInt((await provider.getBlockNumber()) + 2),
      claimEnds: BigInt((await networkHelpers.time.latest()) + CLAIM_SECONDS),
      coupon: 7n,
      nonce: hashOfText(label),
    };
    const { chainId } = await provider.getNetwork();
    const address = await coupons.getAddress();
    const electionId = electionIdOf(chainId, address, sponsor, terms);
    expect(await coupons.electionIdOf(sponsor, terms)).to.equal(electionId);
    await coupons.open(terms);
    await networkHelpers.mine(2);
    const seed = (await provider.getBlock(Number(terms.seedBlock)))?.hash ?? "";

    const winner = elect(rule, candidates, bar, { electionId, seed });
    if (winner === null) throw new Error("electOnce: expected a winner");
    const claimed = coupons.claim(electionId, winner.evaluation, winner.ticket);
    await expect(claimed)
      .to.emit(coupons, "LeaderChanged")
      .withArgs(electionId, winner.vehicle, winner.evaluation, winner.lot);
    for (const one of candidates) {
      const refused = coupons.claim(electionId, one.evaluation, 0);
      await expect(refused).to.be.revertedWithCustomError(
        coupons,
        one.score < bar ? "CouponBelowBar" : "CouponNotBetter",
      );
    }

    await expect(coupons.claim(electionId, UNEARNED.evaluation, 0)).to.be.revertedWithCustomError(
      coupons,
      "CouponNotEarned",
    );

    const { free } = await escrow.balanceOf(winner.vehicle);
    await networkHelpers.time.increaseTo(terms.claimEnds);
    await coupons.redeem(electionId);
    expect((await escrow.balanceOf(winner.vehicle)).free).to.equal(free + terms.coupon);
  }
});
