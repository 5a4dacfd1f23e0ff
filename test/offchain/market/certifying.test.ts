/**
 * What a request gets from an authority of several people: a certificate when two of three have
 * signed the same, and nothing that one of them alone has chosen.
 */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import {
  requestEnrolment,
  type Applicant,
  type EnrolmentRequest,
} from "../../../offchain/core/messages/applicant.ts";
import {
  certifyRequest,
  registryOf,
  relayCertificate,
  relayCertificateOnce,
  standingOf,
} from "../../../offchain/market/participants.ts";
import type { SignedAct } from "../../../offchain/market/quorumSigning.ts";
import type { SignedCertificate } from "../../../offchain/parties/authority/dealing.ts";
import { refusalIn } from "../../support/market/charging.ts";
import { nowSeconds, populatedWorld, type MarketWorld } from "../../support/market/deployed.ts";
import { quorumMarket, type QuorumMarket } from "../../support/market/quorum.ts";
import { asyncRefusal, counterRng } from "../../support/primitives/draws.ts";

const DAYS = 30;
const YEARS = 3_650;
const DAY_SECONDS = 86_400;

describe("requests for certificates before two of three people", function () {
  this.timeout(60_000);

  const rng = counterRng("certifying");
  let connection: NetworkConnection;
  let world: MarketWorld;
  let quorum: QuorumMarket;
  let request: EnrolmentRequest;
  let now: number;

  before(async () => {
    connection = await network.create();
  });
  after(() => connection.close());
  beforeEach(async () => {
    world = await connection.networkHelpers.loadFixture(populatedWorld);
    quorum = await quorumMarket(world);
    request = await requestOf("vehicle");
    now = await nowSeconds(world);
  });

  const requestOf = async (kind: Applicant["kind"]): Promise<EnrolmentRequest> => {
    const { signer, id: participantId } = world.vehicle;
    const applicant = { account: signer.address, participantId, kind, pile: null };
    return requestEnrolment(signer, await registryOf(quorum.market), applicant, null);
  };
  const signed = (
    place: 0 | 1 | 2,
    earlier: SignedCertificate | null,
    change: { readonly days?: number; readonly request?: EnrolmentRequest } = {},
  ): Promise<SignedAct<SignedCertificate>> => {
    const desk = { wallet: quorum.members[place], rng };
    const asked = { request, days: DAYS, nowSeconds: now, ...change };
    return certifyRequest(quorum.market, desk, asked, earlier);
  };
  const relayed = (certificate: SignedCertificate): Promise<string> =>
    refusalIn(() => relayCertificate(quorum.market, world.stranger, certificate));

  it("are certified when two have signed, and not before", async () => {
    const one = await signed(2, null);
    expect(one.missing).to.equal(1);
    expect(await relayed(one.act)).to.equal("IdentityBadSignature");
    const two = await signed(0, one.act);
    expect(two.missing).to.equal(0);
    expect(two.act.certificate).to.deep.equal(one.act.certificate);
    expect(await relayed(two.act)).to.equal("accepted");
    const { kind, validUntil } = await standingOf(quorum.market, request.applicant.account);
    expect([kind, validUntil]).to.deep.equal(["vehicle", BigInt(now + DAYS * DAY_SECONDS)]);
    // Who brings it again pays nothing.
    const nobody = (): never => expect.fail("something was sent");
    await relayCertificateOnce(quorum.market, nobody, two.act);
  });

  it("are signed by nobody else, and not into what somebody else asked for", async () => {
    const desk = { wallet: world.stranger, rng };
    const asked = { request, days: DAYS, nowSeconds: now };
    const stranger = (): Promise<unknown> => certifyRequest(quorum.market, desk, asked, null);
    expect(await refusalIn(stranger)).to.equal("E_NOT_AUTHORITY");
    const matcher = (await signed(0, null, { request: await requestOf("matcher") })).act;
    expect(await refusalIn(() => signed(1, matcher))).to.equal("E_OTHER_ACT");
    const changed = { ...request, applicant: { ...request.applicant, kind: "matcher" } } as const;
    const signing = (): Promise<unknown> => signed(1, matcher, { request: changed });
    expect(await asyncRefusal(signing)).to.equal("ApplicantError E_ENROLMENT_SIGNATURE");
  });

  it("are certified for no longer than each of them allows", async () => {
    const years = (await signed(0, null, { days: YEARS })).act;
    expect(await refusalIn(() => signed(1, years))).to.equal("E_ACT_TIME");
    // Straw man: who signs whatever days the first one wrote down.
    const careless = await signed(2, years, { days: YEARS });
    expect(await relayed(careless.act), "straw man").to.equal("accepted");
  });
});
