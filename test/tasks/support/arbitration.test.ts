import { expect } from "chai";
import {
  arbitrationIn,
  type Arbitration,
  type ArbitrationArguments,
} from "../../../tasks/support/arbitration.ts";
import { InputError } from "../../../tasks/support/outcome.ts";

const [ANN, BEN, CARA] = [
  "0x5FbDB2315678afecb367f032d93F642f64180aa3",
  "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512",
  "0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0",
];
const NONE: ArbitrationArguments = {
  disputeSeconds: "0",
  arbitrationSeconds: 60,
  arbiters: undefined,
  quorum: 0,
};
const HOUR = { ...NONE, disputeSeconds: "3600" };
const THREE = { ...HOUR, arbiters: [ANN, BEN, CARA].join(","), quorum: 2 };

/** On a demo chain, unless it is said otherwise. */
function arbitrated(args: ArbitrationArguments, isDemo = true): Arbitration {
  return arbitrationIn(args, isDemo);
}

describe("arbitration options of market deploy", () => {
  it("name nobody where settlements are final at once", () => {
    expect(arbitrated(NONE)).to.deep.include({ arbiters: [], quorum: 0 });
  });

  it("name one arbiter, with or without a quorum of one", () => {
    for (const quorum of [0, 1]) {
      const one = arbitrated({ ...HOUR, arbiters: ANN.toLowerCase(), quorum });
      expect(one).to.deep.include({ arbiters: [ANN], quorum: 1 });
    }
  });

  it("name several, with blanks or without", () => {
    expect(arbitrated({ ...THREE, arbiters: `${ANN}, ${BEN}` })).to.deep.equal({
      disputeSeconds: 3_600,
      arbitrationSeconds: 60,
      arbiters: [ANN, BEN],
      quorum: 2,
    });
  });

  it("default to no disputes on demo chains alone, to a day where somebody rules or money is worth", () => {
    const usual = { ...NONE, disputeSeconds: undefined };
    expect(arbitrated(usual)).to.deep.include({ disputeSeconds: 0, arbiters: [] });
    for (const isDemo of [true, false]) {
      const named = arbitrated({ ...usual, arbiters: ANN }, isDemo);
      expect(named).to.deep.include({ disputeSeconds: 86_400, arbiters: [ANN] });
    }
    expect(() => arbitrated(usual, false)).to.throw(
      InputError,
      /^--arbiters: vehicles may dispute for 86400 s, and somebody has to rule: name .*--arbiters/,
    );
    expect(arbitrated(NONE, false)).to.deep.include({ disputeSeconds: 0, arbiters: [] });
  });

  const wrong: readonly (readonly [string, ArbitrationArguments, RegExp])[] = [
    ["disputes without arbiters", HOUR, /^--arbiters: vehicles may dispute for 3600 s/],
    ["arbiters without disputes", { ...THREE, disputeSeconds: "0" }, /^--arbiters: without/],
    ["a quorum without arbiters", { ...NONE, quorum: 1 }, /^--quorum: expected none/],
    ["several without a quorum", { ...THREE, quorum: 0 }, /^--quorum: expected 1 to 3, got 0/],
    ["a quorum above their number", { ...THREE, quorum: 4 }, /^--quorum: expected 1 to 3, got 4/],
    ["a negative quorum", { ...THREE, quorum: -1 }, /^--quorum/],
    ["an arbiter twice", { ...THREE, arbiters: `${ANN},${ANN.toLowerCase()}` }, /named twice/],
    ["an arbiter that is no address", { ...THREE, arbiters: `${ANN},ben` }, /got "ben"/],
    ["a comma too many", { ...THREE, arbiters: `${ANN},` }, /got ""/],
    ["the address zero", { ...HOUR, arbiters: `0x${"00".repeat(20)}` }, /^--arbiters: expected/],
    ["a window of more than 30 days", { ...THREE, disputeSeconds: "2592001" }, /0 to 2592000/],
    ["no time to rule", { ...THREE, arbitrationSeconds: 0 }, /^--arbitration-seconds: expected 1/],
    ["a window in words", { ...NONE, disputeSeconds: "1h" }, /^--dispute-seconds: .*, got "1h"$/],
    ["no window at all", { ...NONE, disputeSeconds: "" }, /^--dispute-seconds: .*, got ""$/],
  ];
  for (const [what, args, sentence] of wrong) {
    it(`refuse ${what}`, () => {
      expect(() => arbitrated(args)).to.throw(InputError, sentence);
    });
  }
});
