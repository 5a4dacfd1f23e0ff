/**
 * One operator that runs both servers of an auction, and so reads every record: it asks for its two
 * certificates under names that the authority reads alike and a contract does not. The straw man is
 * an authority that certifies the hash of a name as it is written.
 */
import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { requestEnrolment, type Applicant } from "../../offchain/core/messages/applicant.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import {
  certifyRequest,
  matchersOfOperator,
  registryOf,
  relayCertificate,
} from "../../offchain/market/participants.ts";
import { certificateMessage, newCertificate } from "../../offchain/parties/authority/dealing.ts";
import {
  deployedWorld,
  enrol,
  nowSeconds,
  type MarketWorld,
  type Participant,
} from "../support/market/deployed.ts";
import { openAuction } from "../support/market/trade.ts";
import { asyncRefusal } from "../support/primitives/draws.ts";

const NAME = "Volt & Co";
/** What nobody tells apart on a screen, by what it is. */
const UNREADABLE = {
  "a space of no width": "Vo\u200blt & Co",
  "a mark that turns the reading direction": "Volt & Co\u200f",
  "a variation selector": "Volt\ufe0f & Co",
  "a filler": "Volt & Co\u3164",
  "an escape sequence": "Volt & Ca\u001b[Do",
  "a Cyrillic letter": "V\u043elt & Co",
  "a Greek letter": "Volt & C\u03bf",
};
const ALIKE = ["volt & co", "VOLT & CO", " Volt  & Co ", "Volt\u00a0& Co", "Ｖｏｌｔ & Co"];

describe("an operator with two names that look alike", () => {
  let connection: NetworkConnection;
  let world: MarketWorld;

  before(async () => {
    connection = await network.create();
    world = await deployedWorld(connection);
    await enrol(world, world.matcher, "matcher", { operator: NAME });
  });
  after(() => connection.close());

  /** The second server asks for a certificate, and brings it to the chain. */
  const certified = async (operator: string): Promise<void> => {
    const { market, authority, secondServer } = world;
    const applicant = applicantOf(secondServer, operator);
    const registry = await registryOf(market);
    const request = await requestEnrolment(secondServer.signer, registry, applicant, null);
    const asked = { request, days: 30, nowSeconds: await nowSeconds(world) };
    const desk = { wallet: authority, rng: systemRng };
    const { act } = await certifyRequest(market, desk, asked, null);
    await relayCertificate(market, authority, act);
  };

  it("runs both servers where the authority certifies a name as it is written", async () => {
    const strawMan = await network.create();
    const straw = await deployedWorld(strawMan);
    await asWritten(straw, straw.matcher, NAME);
    for (const [k, operator] of [...Object.values(UNREADABLE), ...ALIKE].entries()) {
      await asWritten(straw, straw.secondServer, operator);
      await openAuction(straw, `straw man ${k}`);
    }
    await strawMan.close();
  });

  for (const [what, operator] of Object.entries(UNREADABLE)) {
    it(`gets no certificate for a name with ${what}`, async () => {
      const asked = (): Promise<void> => certified(operator);
      expect(await asyncRefusal(asked)).to.equal("ApplicantError E_ENROLMENT_OPERATOR");
    });
  }

  for (const operator of ALIKE) {
    it(`is one operator as "${operator}" too, and the authority sees it`, async () => {
      await certified(operator);
      const { market, matcher, secondServer } = world;
      const others = await matchersOfOperator(market, applicantOf(secondServer, operator));
      expect(others).to.deep.equal([matcher.signer.address]);
      const opening = openAuction(world, operator).then(() => "opened");
      expect(await opening.catch((error: unknown) => String(error))).to.include("one operator");
    });
  }

  it("is two where they are two", async () => {
    await certified("Volta & Co");
    const { market, secondServer } = world;
    const applicant = applicantOf(secondServer, "Volta & Co");
    expect(await matchersOfOperator(market, applicant)).to.deep.equal([]);
    await openAuction(world, "two operators");
  });
});

function applicantOf({ signer, id: participantId }: Participant, operator: string): Applicant {
  return { account: signer.address, participantId, kind: "matcher", pile: null, operator };
}

async function asWritten(
  { market, authority, connection }: MarketWorld,
  matcher: Participant,
  operator: string,
): Promise<void> {
  const validUntil = (await connection.networkHelpers.time.latest()) + 86_400;
  const times = { validUntil, relayBy: validUntil };
  const certified = newCertificate(applicantOf(matcher, operator), times, systemRng);
  const certificate = { ...certified, premises: id(operator) };
  const { domain, types, value } = certificateMessage(await registryOf(market), certificate);
  const signature = await authority.signTypedData(domain, types, value);
  await relayCertificate(market, authority, { certificate, signature });
}
