import { expect } from "chai";
import { id, Interface, makeError } from "ethers";
import { refusalOf, refusedBefore, unexplainedOf } from "../../../offchain/chain/refusal.ts";
import {
  ChargingSession__factory,
  Escrow__factory,
  IdentityRegistry__factory,
  MeterRegistry__factory,
  OpenAuction__factory,
  PricingAuction__factory,
  Reputation__factory,
} from "../../../types/ethers-contracts/index.js";

const AUCTION = id("auction");
const ACCOUNT = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

const auctions = new Interface(PricingAuction__factory.abi);
const openAuctions = new Interface(OpenAuction__factory.abi);
const sessions = new Interface(ChargingSession__factory.abi);
const identities = new Interface(IdentityRegistry__factory.abi);
const escrow = new Interface(Escrow__factory.abi);
const reputation = new Interface(Reputation__factory.abi);
const meters = new Interface(MeterRegistry__factory.abi);
const SPEAKERS = [
  { name: "Escrow", interface: escrow },
  { name: "PricingAuction", interface: auctions },
  { name: "OpenAuction", interface: openAuctions },
  { name: "ChargingSession", interface: sessions },
  { name: "IdentityRegistry", interface: identities },
  { name: "MeterRegistry", interface: meters },
  { name: "Reputation", interface: reputation },
];

const RULE = {
  ...{ maxPricePerKwh: 1n, minDecrement: 1n, referencePowerW: 1n, maxDistanceM: 1n },
  ...{ priceBps: 6_000n, powerBps: 1_500n, qualityBps: 1_000n, distanceBps: 1_600n },
};
const WRONG_PHASE = auctions.encodeErrorResult("AuctionWrongPhase", [AUCTION, 1, 3]);

describe("refusal", () => {
  const shapes: Readonly<Record<string, unknown>> = {
    "as ethers' own error": { code: "CALL_EXCEPTION", data: WRONG_PHASE },
    "in the data of a JSON-RPC error": {
      code: 3,
      data: { data: WRONG_PHASE, message: "reverted" },
    },
    "in the error of an error": { error: { data: WRONG_PHASE } },
    "in the info that ethers keeps": { info: { error: { code: 3, data: WRONG_PHASE } } },
    "in the cause": { cause: { data: WRONG_PHASE } },
    "in a cause of a cause": new Error("a", {
      cause: new Error("b", { cause: { data: WRONG_PHASE } }),
    }),
    "five levels down": { info: { error: { cause: { error: { data: WRONG_PHASE } } } } },
    "behind data that is null": { data: null, error: { data: WRONG_PHASE } },
    "behind data that is empty": { data: "0x", info: { error: { data: WRONG_PHASE } } },
    "in capitals": { data: `0x${WRONG_PHASE.slice(2).toUpperCase()}` },
  };
  for (const [where, error] of Object.entries(shapes)) {
    it(`is found ${where}`, () => {
      const refused = refusalOf(error, SPEAKERS);
      expect(refused?.reason).to.equal("AuctionWrongPhase");
      expect(refused?.code).to.equal("E_REFUSED");
    });
  }

  const strange: Readonly<Record<string, unknown>> = {
    nothing: undefined,
    null: null,
    "a text": "reverted",
    "a number": 3,
    "an error without data": new Error("timeout"),
    "empty data": { data: "0x" },
    "data of nobody": { data: `0x12345678${"00".repeat(32)}` },
    "the hash of a transaction": { data: id("transaction") },
    "data that breaks off": { data: WRONG_PHASE.slice(0, 100) },
    "data of an odd number of digits": { data: `${WRONG_PHASE}0` },
    "data that is no hexadecimal": { data: "0xreverted" },
    "data buried too deep": {
      error: { error: { error: { error: { error: { error: { data: WRONG_PHASE } } } } } },
    },
  };
  for (const [what, error] of Object.entries(strange)) {
    it(`is null for ${what}`, () => {
      expect(refusalOf(error, SPEAKERS)).to.equal(null);
    });
  }

  it("is null for an error that is its own cause", () => {
    const error = new Error("loop");
    error.cause = error;
    expect(refusalOf(error, SPEAKERS)).to.equal(null);
  });

  it("is null for an error of a contract that is not known", () => {
    const known = SPEAKERS.filter(({ name }) => name !== "PricingAuction");
    expect(refusalOf({ data: WRONG_PHASE }, known)).to.equal(null);
  });

  it("is a revert with a text too, as tokens use them", () => {
    const data = new Interface(["error Error(string)"]).encodeErrorResult("Error", ["no funds"]);
    expect(refusalOf({ data }, SPEAKERS)?.message).to.include("no funds");
  });

  const sentences: readonly (readonly [string, string])[] = [
    [
      WRONG_PHASE,
      `refused: auction ${AUCTION} is in phase opening, and this needs phase bidding: look at its times, and wait or take the next auction (AuctionWrongPhase)`,
    ],
    [
      sessions.encodeErrorResult("SessionTooLate", [AUCTION, 1_790_000_000, 1_790_000_001]),
      `refused: session ${AUCTION} took this until 2026-09-21T14:13:20Z, and it is 2026-09-21T14:13:21Z: look at what can be done now (SessionTooLate)`,
    ],
    [
      identities.encodeErrorResult("IdentityWrongKind", [ACCOUNT, 1, 2]),
      `refused: ${ACCOUNT} takes part as pile, and this is for a vehicle: act as another account (IdentityWrongKind)`,
    ],
    [
      meters.encodeErrorResult("MeterFallingRegister", [12_500, 7]),
      "refused: the register falls from 12.5 to 0.007 Wh: let both parties agree on the reading (MeterFallingRegister)",
    ],
    [
      meters.encodeErrorResult("OcmfErrorFlag", ["0x45", 17]),
      'refused: the meter flags "E" as not fit for billing, at byte 17: let both parties agree on the reading (OcmfErrorFlag)',
    ],
    [
      openAuctions.encodeErrorResult("OpenBadRule", [RULE]),
      "refused: weights of 6000, 1500, 1000 and 1600 basis points are no rule: choose weights that add up to 10000, the price's not 0, and scales above 0 (OpenBadRule)",
    ],
    [
      escrow.encodeErrorResult("EscrowZero"),
      "refused: no amount, or nobody to get it: name at least 1 token unit, and an account (EscrowZero)",
    ],
  ];
  for (const [data, sentence] of sentences) {
    it(`says "${sentence.slice(0, 48)}…"`, () => {
      expect(refusalOf({ data }, SPEAKERS)?.message).to.equal(sentence);
    });
  }

  it("says what a contract has said whose errors are not known", () => {
    const data = `0x12345678${"00".repeat(32)}`;
    const error = makeError("reverted", "CALL_EXCEPTION", {
      ...{ action: "call", data, reason: null, invocation: null, revert: null },
      transaction: { to: ACCOUNT, data: "0x" },
    });
    expect(unexplainedOf(error)?.message).to.match(/not known here: .* it said 0x12345678$/);
    expect(unexplainedOf(new Error("timeout"))).to.equal(null);
  });

  it("carries its values by name: numbers as numbers, states by their names", () => {
    const [wrong, late] = [
      sessions.encodeErrorResult("SessionWrongState", [AUCTION, 3, 5]),
      sessions.encodeErrorResult("SessionTooLate", [AUCTION, 7, 9]),
    ].map((data) => refusalOf({ data }, SPEAKERS)?.values);
    expect(wrong).to.deep.equal({ sessionId: AUCTION, expected: "charging", actual: "metered" });
    expect(late).to.deep.equal({ sessionId: AUCTION, deadline: 7n, nowSeconds: 9n });
  });

  it("says the same before anything is sent, in the contract's name", () => {
    const values = { sessionId: AUCTION, amount: 3n, metered: 2n };
    const before = refusedBefore("SessionRulingTooHigh", values);
    const data = sessions.encodeErrorResult("SessionRulingTooHigh", [AUCTION, 3, 2]);
    const after = refusalOf({ data }, SPEAKERS);
    expect([before.reason, before.values]).to.deep.equal([after?.reason, after?.values]);
    expect(before.message).to.equal(after?.message.replace("refused", "refused before sending"));
  });

  it("names the number of every enum that an error carries", () => {
    const numbered = SPEAKERS.flatMap(({ interface: known }) => {
      const fragments: { readonly name: string; readonly data: string }[] = [];
      known.forEachError((fragment) => {
        if (!fragment.inputs.some(({ type }) => type === "uint8")) return;
        const values = fragment.inputs.map(({ type }) =>
          type === "address" ? ACCOUNT : type === "bytes32" ? AUCTION : 1,
        );
        const data = known.encodeErrorResult(fragment, values);
        fragments.push({ name: fragment.name, data });
      });
      return fragments;
    });
    const rounds = ["BadRounds", "RequestsOver", "WrongRound", "Converged", "NotConverged"];
    const plain = ["ReputationRatingOutOfRange", ...rounds.map((one) => `Auction${one}`)];
    const enums = numbered.filter(({ name }) => !plain.includes(name));
    for (const { name, data } of enums) {
      const values = Object.values(refusalOf({ data }, SPEAKERS)?.values ?? {});
      expect(values.join(" "), name).to.match(/\b(vehicle|charge|bidding|opened|export)\b/);
    }
    const some = ["AuctionWrongPhase", "IdentityWrongKind", "OpenWrongPhase", "SessionOver"];
    expect(enums.map(({ name }) => name)).to.include.members(some);
  });
});
