/**
 * RFC 9180 (HPKE) and Wycheproof's X25519, through sealed boxes. A box's one-time key is made of
 * its content, so no box can be forced to be the RFC's: the RFC checks a second writing of itself,
 * and that one opens our boxes and seals what we open. The working group's file of vectors may be
 * of a draft, which differs from the RFC in the label of every hash alone.
 */
import { expect } from "chai";
import { z } from "zod";
import {
  generateSealKeyPair,
  open,
  seal,
  type SealContext,
} from "../../../offchain/core/primitives/sealedBox.ts";
import { sameBytes } from "../../../offchain/core/credential/wire.ts";
import { bytesToHex, concatBytes } from "../../../offchain/core/primitives/bytes.ts";
import { asyncRefusal, counterRng } from "../../support/primitives/draws.ts";
import {
  bytesShape,
  type Official,
  officialOrSkip,
  wycheproofShape,
} from "../../support/vectors/official.ts";
import {
  derivedSecret,
  OUR_SUITE,
  referenceBox,
  referenceOpened,
  type Suite,
  x25519,
  x25519PublicKey,
} from "../../support/vectors/referenceHpke.ts";

const hpkeShape = z.array(
  z.object({
    mode: z.number(),
    kdf_id: z.number(),
    aead_id: z.number(),
    info: bytesShape,
    skRm: bytesShape,
    pkRm: bytesShape,
    skEm: bytesShape,
    enc: bytesShape,
    encryptions: z.array(
      z.object({ aad: bytesShape, plaintext: bytesShape, ciphertext: bytesShape }),
    ),
  }),
);
type HpkeVector = z.infer<typeof hpkeShape>[number];
/** Of the RFC, and of the draft that the file may be of. */
const VERSIONS = ["HPKE-v1", "HPKE-07"] as const;

/** RFC 9180, A.1.1: base mode with AES-128-GCM, its first message. */
const A_1_1 = {
  info: bytesShape.parse("4f6465206f6e2061204772656369616e2055726e"),
  ikmE: bytesShape.parse("7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234"),
  skEm: bytesShape.parse("52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736"),
  enc: bytesShape.parse("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"),
  pkRm: bytesShape.parse("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"),
  aad: bytesShape.parse("436f756e742d30"),
  plaintext: bytesShape.parse("4265617574792069732074727574682c20747275746820626561757479"),
  ciphertext: bytesShape.parse(
    "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
  ),
};

const x25519Shape = wycheproofShape(
  {},
  { public: bytesShape, private: bytesShape, shared: bytesShape, flags: z.array(z.string()) },
);
type Exchange = z.infer<typeof x25519Shape>["testGroups"][number]["tests"][number];

const TEXT = new TextEncoder().encode("a box of a test");
const CONTEXT: SealContext = { info: Uint8Array.of(1, 2, 3), aad: Uint8Array.of(4, 5) };

describe("official vectors of sealed boxes", () => {
  let official: Official;
  before(function () {
    official = officialOrSkip(this);
  });

  describe("HPKE of the working group's file", () => {
    let vectors: readonly HpkeVector[];
    before(() => {
      vectors = official("rfc9180-hpke-x25519.json", hpkeShape);
    });

    it("is what the second writing seals, byte for byte, under the version that the file has", () => {
      const ours = ofSuite(vectors, 2);
      expect(
        VERSIONS.filter((version) => isSealed(ours, { version, aead: "aes-256-gcm" })),
      ).to.have.length(1);
      const other = ofSuite(vectors, 1);
      expect(
        VERSIONS.filter((version) => isSealed(other, { version, aead: "aes-128-gcm" })),
      ).to.have.length(1);
    });

    it("opens if it is our suite's and the RFC's, and in no other mode, suite or version", async () => {
      const sealing = vectors.filter(({ encryptions }) => encryptions.length > 0);
      expect(sealing).to.have.length(24);
      for (const vector of sealing) {
        const { box, context } = firstOf(vector);
        const isOurs = isOurSuite(vector) && isSealed(vector, OUR_SUITE);
        const opening = asyncRefusal(() => open(vector.skRm, box, context));
        expect(await opening).to.equal(isOurs ? "accepted" : "SealedBoxError E_AEAD");
      }
    });
  });

  describe("Wycheproof X25519", () => {
    let exchanges: readonly Exchange[];
    before(() => {
      const { testGroups } = official("wycheproof/x25519_test.json", x25519Shape);
      exchanges = testGroups.flatMap(({ tests }) => tests);
    });

    it("opens a box of every one of 487 shared secrets, and none of the 31 that are zero", async () => {
      const counts = { opened: 0, refused: 0 };
      for (const exchange of exchanges) {
        const { tcId, private: secret } = exchange;
        const verdict = await asyncRefusal(async () => {
          const text = await open(secret, boxOf(exchange), CONTEXT);
          expect(text, `case ${tcId}`).to.deep.equal(TEXT);
        });
        const expected = isZero(exchange) ? "SealedBoxError E_AEAD" : "accepted";
        expect(verdict, `case ${tcId}`).to.equal(expected);
        counts[isZero(exchange) ? "refused" : "opened"] += 1;
      }
      expect(counts).to.deep.equal({ opened: 487, refused: 31 });
    });

    it("seals to every public key but those of small order", async () => {
      const keys = new Map(exchanges.map((one) => [bytesToHex(one.public), one]));
      const refused = [...keys.values()].filter(({ flags }) => flags.includes("LowOrderPublic"));
      for (const exchange of keys.values()) {
        const sealing = asyncRefusal(() =>
          seal(exchange.public, TEXT, CONTEXT, counterRng("to a vector")),
        );
        const expected = refused.includes(exchange) ? "SealedBoxError E_SEAL_KEY" : "accepted";
        expect(await sealing, `case ${exchange.tcId}`).to.equal(expected);
      }
      expect([keys.size, refused.length]).to.deep.equal([493, 14]);
    });
  });
});

describe("sealed boxes, by the second writing of RFC 9180", () => {
  it("which seals the message of the RFC, byte for byte, from the RFC's key material", async () => {
    const { info, ikmE, skEm, enc, pkRm, aad, plaintext, ciphertext } = A_1_1;
    const suite = { version: "HPKE-v1", aead: "aes-128-gcm" } as const;
    expect(derivedSecret(ikmE)).to.deep.equal(skEm);
    const exchange = { enc: x25519PublicKey(skEm), recipientKey: pkRm, shared: x25519(skEm, pkRm) };
    const box = referenceBox(exchange, plaintext, { info, aad }, suite);
    expect(box).to.deep.equal(concatBytes(enc, ciphertext));
    const ours = await generateSealKeyPair({ deterministic: true, bytes: () => ikmE });
    expect([ours.publicKey, ours.privateKey]).to.deep.equal([enc, skEm]);
  });

  it("open there, and the boxes of there open here", async () => {
    const rng = counterRng("second writing");
    const { publicKey, privateKey } = await generateSealKeyPair(rng);
    for (const length of [0, 1, 31, 1_000]) {
      const text = rng.bytes(length);
      const box = await seal(publicKey, text, CONTEXT, rng);
      expect(referenceOpened(privateKey, box, CONTEXT)).to.deep.equal(text);
      const oneTime = rng.bytes(32);
      const shared = x25519(oneTime, publicKey);
      const exchange = { enc: x25519PublicKey(oneTime), recipientKey: publicKey, shared };
      const theirs = referenceBox(exchange, text, CONTEXT);
      expect(await open(privateKey, theirs, CONTEXT)).to.deep.equal(text);
    }
  });
});

function isOurSuite({ mode, kdf_id, aead_id }: HpkeVector): boolean {
  return mode === 0 && kdf_id === 1 && aead_id === 2;
}

/** The vector in base mode with HKDF-SHA256 and this AEAD. */
function ofSuite(vectors: readonly HpkeVector[], aead: number): HpkeVector {
  const found = vectors.find(
    ({ mode, kdf_id, aead_id }) => mode === 0 && kdf_id === 1 && aead_id === aead,
  );
  if (found === undefined) throw new RangeError(`expected a vector of AEAD ${aead}`);
  return found;
}

/** Whether the second writing makes the same box. */
function isSealed(vector: HpkeVector, suite: Suite): boolean {
  const { skEm, pkRm, encryptions } = vector;
  const { box, context } = firstOf(vector);
  const shared = x25519(skEm, pkRm);
  const exchange = { enc: x25519PublicKey(skEm), recipientKey: pkRm, shared };
  const plaintext = encryptions[0]?.plaintext ?? new Uint8Array();
  return sameBytes(referenceBox(exchange, plaintext, context, suite), box);
}

function firstOf({ enc, info, encryptions }: HpkeVector): {
  readonly box: Uint8Array;
  readonly context: SealContext;
} {
  const [first] = encryptions;
  if (first === undefined) throw new RangeError("expected a vector with messages");
  return { box: concatBytes(enc, first.ciphertext), context: { info, aad: first.aad } };
}

/** The box that a sender with this shared secret makes. */
function boxOf(exchange: Exchange): Uint8Array {
  const { private: secret, public: enc, shared } = exchange;
  return referenceBox({ enc, recipientKey: x25519PublicKey(secret), shared }, TEXT, CONTEXT);
}

function isZero({ shared }: Exchange): boolean {
  return shared.every((byte) => byte === 0);
}
