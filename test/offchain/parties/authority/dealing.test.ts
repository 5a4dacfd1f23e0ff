import { expect } from "chai";
import { id, verifyTypedData, Wallet } from "ethers";
import { roundKeyToJson } from "../../../../offchain/core/messages/roundKey.ts";
import { CERTIFICATE_TYPES, identityDomain } from "../../../../offchain/core/messages/typedData.ts";
import { bytesToHex } from "../../../../offchain/core/primitives/bytes.ts";
import { decrypt } from "../../../../offchain/core/primitives/paillier/privateKey.ts";
import { ciphertextOf } from "../../../../offchain/core/primitives/paillier/publicKey.ts";
import { encryptShort } from "../../../../offchain/core/primitives/paillier/shortRandomness.ts";
import {
  certify,
  dealCommitments,
  dealRoundKey,
} from "../../../../offchain/parties/authority/dealing.ts";
import { dealtKey, VENUE } from "../../../support/matching/crowdRound.ts";
import { asyncRefusal, counterRng, underNodeEnv } from "../../../support/primitives/draws.ts";
import type { Applicant } from "../../../../offchain/core/messages/applicant.ts";

const AUTHORITY = new Wallet(id("authority"));
const REGISTRY = { chainId: VENUE.chainId, identities: VENUE.auctions };
const TIMES = { validUntil: 2_000_000_000, relayBy: 1_900_000_000 };
const PILE: Applicant = {
  account: new Wallet(id("pile")).address,
  participantId: id("participant"),
  kind: "pile",
  pile: { kind: "operator", ratedPowerW: 22_000, siteCommitment: id("site") },
};

describe("the authority", () => {
  it("certifies a pile", async () => {
    const rng = counterRng("pile");
    const { certificate, signature } = await certify(AUTHORITY, REGISTRY, PILE, TIMES, rng);
    expect(certificate).to.deep.equal({
      account: PILE.account,
      participantId: PILE.participantId,
      kind: 2n,
      pileKind: 3n,
      ratedPowerW: 22_000n,
      siteCommitment: id("site"),
      validUntil: 2_000_000_000n,
      relayBy: 1_900_000_000n,
      serial: BigInt(bytesToHex(counterRng("pile").bytes(32))),
    });
    const domain = identityDomain(REGISTRY.chainId, REGISTRY.identities);
    expect(verifyTypedData(domain, CERTIFICATE_TYPES, certificate, signature)).to.equal(
      AUTHORITY.address,
    );
  });

  for (const [kind, number] of [
    ["vehicle", 1n],
    ["matcher", 3n],
  ] as const) {
    it(`certifies a ${kind} without power and site`, async () => {
      const applicant = { ...PILE, kind, pile: null };
      const rng = counterRng(kind);
      const { certificate } = await certify(AUTHORITY, REGISTRY, applicant, TIMES, rng);
      const { pileKind, ratedPowerW, siteCommitment } = certificate;
      expect([certificate.kind, pileKind, ratedPowerW]).to.deep.equal([number, 0n, 0n]);
      expect(siteCommitment).to.equal(`0x${"00".repeat(32)}`);
    });
  }

  it("gives every certificate its own serial", async () => {
    const rng = counterRng("serials");
    const one = await certify(AUTHORITY, REGISTRY, PILE, TIMES, rng);
    const two = await certify(AUTHORITY, REGISTRY, PILE, TIMES, rng);
    expect(one.certificate.serial).not.to.equal(two.certificate.serial);
  });

  describe("deals a round key", () => {
    const { commitmentModulus, features, mode, proxySealKey } = dealtKey().numbers;
    const published = { commitmentModulus, features, mode, proxySealKey };
    const deal = (bits: number) => dealRoundKey(bits, published, counterRng("round"));

    it("of which the private half opens what the public half closed", async () => {
      const { roundKey, privateKey } = await deal(2048);
      const { shortKey } = roundKey;
      expect(shortKey.publicKey.bits).to.equal(2048);
      const closed = encryptShort(shortKey, 42n, counterRng("encryption"));
      expect(decrypt(privateKey, closed)).to.equal(42n);
      expect(decrypt(privateKey, ciphertextOf(shortKey.publicKey, shortKey.hs))).to.equal(0n);
      expect(roundKeyToJson(roundKey)).to.deep.include({
        commitmentModulus: commitmentModulus.toString(),
        features,
        mode,
        proxySealKey,
      });
    });

    for (const bits of [0, 512, 1024, 2046, 2047, 2049, 5002, NaN]) {
      it(`but none of ${bits} bits`, async () => {
        expect(await asyncRefusal(() => deal(bits))).to.equal("PaillierError E_KEY_SIZE");
      });
    }

    it("but none for numbers that no round key has", async () => {
      const many = { ...published, features: 9 };
      expect(await asyncRefusal(() => dealRoundKey(2048, many, counterRng("round")))).to.equal(
        "RoundKeyError E_ROUND_KEY",
      );
    });

    it("but none that can be repeated, outside tests", async () => {
      const refused = (): Promise<string> => asyncRefusal(() => deal(2048));
      expect(await underNodeEnv("production", refused)).to.equal("RandomError E_RNG_DETERMINISTIC");
    });
  });

  it("deals no modulus that can be repeated, outside tests", async () => {
    const commitments = (): Promise<string> =>
      asyncRefusal(() => dealCommitments(counterRng("round")));
    expect(await underNodeEnv("production", commitments)).to.equal(
      "RandomError E_RNG_DETERMINISTIC",
    );
  });
});
