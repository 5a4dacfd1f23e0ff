/** Every error of every contract has a sentence: with its values, and with what to do. */
import permitToken from "@openzeppelin/contracts/build/contracts/ERC20Permit.json" with { type: "json" };
import { expect } from "chai";
import { Interface, type ErrorFragment, type ParamType } from "ethers";
import { SENTENCES } from "../../../offchain/chain/refusals/sentences.ts";
import {
  ArbiterQuorum__factory,
  ChargingSession__factory,
  Coupons__factory,
  Escrow__factory,
  IdentityRegistry__factory,
  MarketGate__factory,
  MeterRegistry__factory,
  OpenAuction__factory,
  PricingAuction__factory,
  Reputation__factory,
} from "../../../types/ethers-contracts/index.js";

const CONTRACTS = [
  ArbiterQuorum__factory.abi,
  ChargingSession__factory.abi,
  Coupons__factory.abi,
  Escrow__factory.abi,
  IdentityRegistry__factory.abi,
  MarketGate__factory.abi,
  MeterRegistry__factory.abi,
  OpenAuction__factory.abi,
  PricingAuction__factory.abi,
  Reputation__factory.abi,
  permitToken.abi,
];
/** Of the language, in no interface. */
const BUILT_IN = ["error Error(string)", "error Panic(uint256)"];

describe("the sentence of a refusal", () => {
  const errors = new Map<string, ErrorFragment>();
  for (const abi of [...CONTRACTS, BUILT_IN]) {
    new Interface(abi).forEachError((fragment) => errors.set(fragment.name, fragment));
  }

  it("is there for every error of every contract, and for nothing else", () => {
    expect(Object.keys(SENTENCES).toSorted()).to.deep.equal([...errors.keys()].toSorted());
  });

  it("names values of its error, at least one where there is one", () => {
    for (const [name, { inputs }] of errors) {
      const places = [...(SENTENCES[name] ?? "").matchAll(/\{([^}]*)\}/g)].map((one) => one[1]);
      expect(namesOf(inputs), name).to.include.members(places);
      if (inputs.length > 0) expect(places, name).not.to.deep.equal([]);
    }
  });

  it("says what to do, in words, without the name of an error or a function", () => {
    for (const [name, sentence] of Object.entries(SENTENCES)) {
      expect(sentence, name).to.match(/^[^:]+.*: \w.*[^.]$/);
      const words = sentence.replace(/\{[^}]*\}|\bkWh\b|OCMF/g, "");
      expect(words, name).not.to.match(/[a-z][A-Z]|\(\)|\b0x/);
    }
  });
});

/** Of values and of the fields of structs. */
function namesOf(inputs: readonly ParamType[], prefix = ""): readonly string[] {
  return inputs.flatMap((input, k) =>
    input.isTuple()
      ? namesOf(input.components, `${prefix}${input.name}.`)
      : [`${prefix}${input.name || String(k)}`],
  );
}
