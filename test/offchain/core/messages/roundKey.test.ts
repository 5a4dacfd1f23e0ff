import { expect } from "chai";
import {
  roundKeyFromJson,
  roundKeyHash,
  roundKeyOf,
  roundKeyToJson,
  type RoundKeyNumbers,
} from "../../../../offchain/core/messages/roundKey.ts";
import { encryptProven } from "../../../../offchain/core/messages/provenRecord.ts";
import { offerLayout } from "../../../../offchain/core/messages/packedRecord.ts";
import { isRecord } from "../../../support/market/unknown.ts";
import {
  dealtKey,
  headerOf,
  OTHER_COMMITMENT_MODULUS,
  otherDealtKey,
  person,
  sealKeyOf,
} from "../../../support/matching/crowdRound.ts";
import { counterRng, refusal, smallShortKey } from "../../../support/primitives/draws.ts";

const { numbers, roundKey } = dealtKey();
const other = otherDealtKey().numbers;

const FORM = "RoundKeyError E_ROUND_KEY";
const ROOM = "PaillierError E_PLAINTEXT_RANGE";

/** As it is published. */
function json(): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(JSON.stringify(roundKeyToJson(roundKey)));
  return isRecord(parsed) ? parsed : {};
}

describe("the round key", () => {
  describe("has a hash", () => {
    const changes: Readonly<
      Record<Exclude<keyof RoundKeyNumbers, "mode">, Partial<RoundKeyNumbers>>
    > = {
      n: { n: other.n },
      hs: { hs: other.hs % numbers.n },
      commitmentModulus: { commitmentModulus: OTHER_COMMITMENT_MODULUS },
      features: { features: 1 },
      proxySealKey: { proxySealKey: `0x${"11".repeat(32)}` },
    };
    for (const [field, change] of Object.entries(changes)) {
      it(`that changes with ${field}`, () => {
        const changed = roundKeyOf({ ...numbers, ...change });
        expect(roundKeyHash(changed)).not.to.equal(roundKeyHash(roundKey));
      });
    }

    it("that is the same for the same numbers", () => {
      expect(roundKeyHash(roundKeyOf({ ...numbers }))).to.equal(roundKeyHash(roundKey));
    });
  });

  describe("as JSON", () => {
    it("comes back as it was", () => {
      const back = roundKeyFromJson(json());
      expect(back).to.deep.equal(roundKey);
      expect(roundKeyHash(back)).to.equal(roundKeyHash(roundKey));
    });

    it("shows nothing but the five numbers", () => {
      expect(json()).to.have.all.keys(...Object.keys(numbers));
    });

    const malformed: readonly unknown[] = [undefined, null, "", "0x12", "-1", "1.5", " 1", [], {}];
    for (const field of Object.keys(numbers)) {
      it(`is refused by the name of ${field} without it, or with another kind of value`, () => {
        for (const value of malformed) {
          const altered = { ...json(), [field]: value };
          expect(
            refusal(() => roundKeyFromJson(altered)),
            String(value),
          ).to.equal(FORM);
          expect(() => roundKeyFromJson(altered)).to.throw(`"${field}"`);
        }
      });
    }

    it("is refused with numbers that are no text, and features that are", () => {
      expect(refusal(() => roundKeyFromJson({ ...json(), n: 17 }))).to.equal(FORM);
      expect(refusal(() => roundKeyFromJson({ ...json(), features: "2" }))).to.equal(FORM);
    });

    it("is refused with a mode that there is not", () => {
      const altered = { ...json(), mode: "masked" };
      expect(refusal(() => roundKeyFromJson(altered))).to.equal(FORM);
      expect(() => roundKeyFromJson(altered)).to.throw('"mode"');
    });

    it("is refused with a seal key in capitals, of 31 or of 33 bytes", () => {
      const { proxySealKey } = numbers;
      for (const key of [
        `0x${proxySealKey.slice(2).toUpperCase()}`,
        proxySealKey.slice(0, -2),
        `${proxySealKey}00`,
      ]) {
        expect(refusal(() => roundKeyFromJson({ ...json(), proxySealKey: key }))).to.equal(FORM);
      }
    });

    it("is refused with a field more, and if it is no object", () => {
      for (const value of [{ ...json(), p: "3" }, null, [], "key", 1, undefined]) {
        expect(refusal(() => roundKeyFromJson(value))).to.equal(FORM);
      }
    });
  });

  describe("is refused with", () => {
    const { n } = numbers;
    const impossible: readonly (readonly [string, Partial<RoundKeyNumbers>, string])[] = [
      ["an even n", { n: n - 1n }, "PaillierError E_KEY_MODULUS"],
      ["n = 13", { n: 13n }, "PaillierError E_KEY_MODULUS"],
      ["n = −n", { n: -n }, "PaillierError E_KEY_MODULUS"],
      ["n of more than 5,000 bits", { n: (1n << 5_000n) + 1n }, "PaillierError E_KEY_SIZE"],
      ["an n without room for an offer", { n: smallShortKey().publicKey.n }, ROOM],
      ["hs = 0", { hs: 0n }, "PaillierError E_CIPHERTEXT_RANGE"],
      ["hs = n²", { hs: n * n }, "PaillierError E_CIPHERTEXT_RANGE"],
      ["hs = −1", { hs: -1n }, "PaillierError E_CIPHERTEXT_RANGE"],
      ["hs = n, no unit", { hs: n }, "PaillierError E_CIPHERTEXT_UNIT"],
      ["hs = 1, which hides nothing", { hs: 1n }, "PaillierError E_SHORT_BASE"],
      ["hs = n² − 1, which hides nothing", { hs: n * n - 1n }, "PaillierError E_SHORT_BASE"],
      [
        "an even commitment modulus",
        { commitmentModulus: numbers.commitmentModulus + 1n },
        "ProofError E_PROOF_PARAMETERS",
      ],
      [
        "a commitment modulus of 261 bits",
        { commitmentModulus: (1n << 261n) - 1n },
        "ProofError E_PROOF_PARAMETERS",
      ],
      ["no commitment modulus", { commitmentModulus: 0n }, "ProofError E_PROOF_PARAMETERS"],
      ["−1 features", { features: -1 }, FORM],
      ["1.5 features", { features: 1.5 }, FORM],
      ["NaN features", { features: NaN }, FORM],
      ["9 features", { features: 9 }, FORM],
      ["features that do not fit below n", { features: 8 }, ROOM],
    ];
    for (const [what, change, code] of impossible) {
      it(what, () => {
        expect(refusal(() => roundKeyOf({ ...numbers, ...change }))).to.equal(code);
      });
    }
  });

  it("has bases for a proof of the widest record it allows", async () => {
    const n = (1n << 2_047n) + 1n;
    const widest = roundKeyOf({ ...numbers, n, hs: 4n, features: 8 });
    const layout = offerLayout(8);
    const header = headerOf(await person("owner"));
    const values = layout.map((bits) => BigInt(bits));
    const prove = (): unknown =>
      encryptProven(header, widest, layout, values, counterRng("widest record"));
    expect(refusal(prove)).to.equal("accepted");
  });

  it("names the proxy's key as it is", async () => {
    expect(roundKey.proxySealKey).to.equal(sealKeyOf(await person("proxy")));
  });
});
