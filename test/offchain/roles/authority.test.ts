import { expect } from "chai";
import { id, verifyTypedData, Wallet } from "ethers";
import { CERTIFICATE_TYPES, identityDomain } from "../../../offchain/messages/typedData.ts";
import { bytesToHex } from "../../../offchain/primitives/bytes.ts";
import { decrypt } from "../../../offchain/primitives/paillier/privateKey.ts";
import { encrypt } from "../../../offchain/primitives/paillier/publicKey.ts";
import { certify, dealRoundKey, type Applicant } from "../../../offchain/roles/authority.ts";
import { VENUE } from "../market.ts";
import { asyncRefusal, counterRng, underNodeEnv } from "../primitives/support.ts";

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

  it("deals a key of which the private half opens what the public half closed", async () => {
    const { publicKey, privateKey } = await dealRoundKey(2048, counterRng("round"));
    expect(publicKey.bits).to.equal(2048);
    expect(decrypt(privateKey, encrypt(publicKey, 42n, counterRng("encryption")))).to.equal(42n);
  });

  for (const bits of [0, 512, 1024, 2046, 2047, 2049, 5002, NaN]) {
    it(`deals no key of ${bits} bits`, async () => {
      expect(await asyncRefusal(() => dealRoundKey(bits, counterRng("round")))).to.equal(
        "PaillierError E_KEY_SIZE",
      );
    });
  }

  it("deals no repeatable key outside tests", async () => {
    const deal = (): Promise<string> => asyncRefusal(() => dealRoundKey(2048, counterRng("round")));
    expect(await underNodeEnv("production", deal)).to.equal("RandomError E_RNG_DETERMINISTIC");
  });
});
