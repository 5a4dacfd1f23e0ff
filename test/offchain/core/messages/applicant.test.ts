/** Requests for certificates: who can make one, and what can be changed on the way. */
import { expect } from "chai";
import { id, Wallet } from "ethers";
import {
  ApplicantError,
  checkEnrolmentRequest,
  requestEnrolment,
  type Applicant,
  type EnrolmentRequest,
} from "../../../../offchain/core/messages/applicant.ts";
import { nameHash, readableNameFault } from "../../../../offchain/core/messages/readableName.ts";
import { siteCommitment } from "../../../../offchain/core/messages/market.ts";

const REGISTRY = { chainId: 31_337n, identities: new Wallet(id("registry")).address };
const PILE = new Wallet(id("pile"));
const STRANGER = new Wallet(id("stranger"));
const SITE = { xM: 1_200, yM: 1_100, siteSalt: id("site salt") };
const CP_ID = id("participant");

const pile: Applicant = {
  account: PILE.address,
  participantId: CP_ID,
  kind: "pile",
  pile: {
    kind: "private",
    ratedPowerW: 22_000,
    siteCommitment: siteCommitment(CP_ID, 1_200n, 1_100n, SITE.siteSalt),
  },
  operator: null,
};
const matcher: Applicant = { ...pile, kind: "matcher", pile: null, operator: "an operator" };
const vehicle: Applicant = { ...pile, kind: "vehicle", pile: null };

/** A name, and one that reads like it: the same hash, or no name. */
const NAMES: readonly (readonly [one: string, other: string])[] = [
  ["ENEOS株式会社", "eneos株式会社"],
  ["Энергия", "энергия"],
  ["Ñandú", "N\u0303andu\u0301"],
];

describe("names that people read", () => {
  it("have one hash for all ways to write them, and another for another", () => {
    for (const [one, other] of NAMES) {
      expect(nameHash(other), one).to.equal(nameHash(one));
      for (const name of [one, other]) expect(readableNameFault(name), name).to.equal(null);
    }
    const hashes = new Set([...NAMES.map(([one]) => nameHash(one)), nameHash("Volt"), id("volta")]);
    expect(hashes).to.have.lengthOf(NAMES.length + 2);
    expect(nameHash(" Volt  & Co")).to.equal(id("volt & co"));
  });

  it("have a letter or digit", () => {
    for (const name of ["", " ", "–", "\u3164"]) expect(readableNameFault(name)).not.to.equal(null);
  });
});

describe("requests for certificates", () => {
  const refused = (request: EnrolmentRequest, code: ApplicantError["code"], what: string): void => {
    expect(() => {
      checkEnrolmentRequest(REGISTRY, request);
    }, what)
      .to.throw(ApplicantError)
      .with.property("code", code);
  };

  it("are taken as they were signed", async () => {
    checkEnrolmentRequest(REGISTRY, await requestEnrolment(PILE, REGISTRY, pile, SITE));
    checkEnrolmentRequest(REGISTRY, await requestEnrolment(PILE, REGISTRY, vehicle, null));
    checkEnrolmentRequest(REGISTRY, await requestEnrolment(PILE, REGISTRY, matcher, null));
  });

  it("are refused of a matcher that nobody runs, and of a vehicle that somebody does", async () => {
    for (const one of [
      { ...matcher, operator: null },
      { ...vehicle, operator: "somebody" },
    ]) {
      const request = await requestEnrolment(PILE, REGISTRY, one, null);
      refused(request, "E_ENROLMENT_OPERATOR", one.kind);
    }
  });

  it("are refused from whoever does not hold the account's key", async () => {
    const forged = await requestEnrolment(STRANGER, REGISTRY, pile, SITE);
    refused(forged, "E_ENROLMENT_SIGNATURE", "another's account");
    for (const signature of ["0x", "0x1234", `0x${"00".repeat(65)}`]) {
      refused({ ...forged, signature }, "E_ENROLMENT_SIGNATURE", signature);
    }
    const own = { ...forged, applicant: { ...pile, account: STRANGER.address } };
    refused(own, "E_ENROLMENT_SIGNATURE", "the thief's own account, with the signature of before");
  });

  it("are refused if anything was changed on the way", async () => {
    const request = await requestEnrolment(PILE, REGISTRY, pile, SITE);
    const certified = pile.pile;
    if (certified === null) throw new Error("expected a pile");
    const changes: readonly Partial<Applicant>[] = [
      { participantId: id("another participant") },
      { kind: "matcher" },
      { pile: null },
      { pile: { ...certified, kind: "operator" } },
      { pile: { ...certified, ratedPowerW: 150_000 } },
      { pile: { ...certified, siteCommitment: id("elsewhere") } },
    ];
    for (const change of changes) {
      const changed = { ...request, applicant: { ...pile, ...change } };
      refused(changed, "E_ENROLMENT_SIGNATURE", Object.keys(change).join());
    }
  });

  it("are refused in the registry of another market or chain", async () => {
    const elsewhere = { ...REGISTRY, identities: STRANGER.address };
    const forked = { ...REGISTRY, chainId: 1n };
    for (const registry of [elsewhere, forked]) {
      const request = await requestEnrolment(PILE, registry, pile, SITE);
      refused(request, "E_ENROLMENT_SIGNATURE", "another registry");
    }
  });

  it("are refused where the authority is shown another place than was committed to", async () => {
    const request = await requestEnrolment(PILE, REGISTRY, pile, SITE);
    for (const site of [{ ...SITE, xM: 1_201 }, { ...SITE, siteSalt: id("other") }, null]) {
      refused({ ...request, site }, "E_ENROLMENT_SITE", JSON.stringify(site));
    }
    const without = await requestEnrolment(PILE, REGISTRY, { ...pile, pile: null }, null);
    refused(without, "E_ENROLMENT_SITE", "a pile without a place");
    const parked = await requestEnrolment(PILE, REGISTRY, { ...pile, kind: "vehicle" }, SITE);
    refused(parked, "E_ENROLMENT_SITE", "a vehicle with a place");
  });
});
