/** Wycheproof: signatures of members (Ed25519) and of meters (ECDSA), all cases. */
import { expect } from "chai";
import { z } from "zod";
import { assertSignature } from "../../../offchain/core/credential/longTermKey.ts";
import { parseMeterKey } from "../../../offchain/core/meter/meterKey.ts";
import {
  type OcmfRecord,
  parseRecord,
  RecordError,
} from "../../../offchain/core/meter/ocmfRecord.ts";
import { isSignedBy } from "../../../offchain/core/meter/signature.ts";
import { refusal } from "../../support/primitives/draws.ts";
import {
  bytesShape,
  type Official,
  officialOrSkip,
  wycheproofShape,
} from "../../support/vectors/official.ts";

const signed = { msg: bytesShape, sig: bytesShape };
const ed25519Shape = wycheproofShape({ publicKey: z.object({ pk: bytesShape }) }, signed);
const ecdsaShape = wycheproofShape({ publicKeyDer: z.string() }, signed);
type EcdsaFile = z.infer<typeof ecdsaShape>;
type EcdsaCase = EcdsaFile["testGroups"][number]["tests"][number];

/** File, curve in SA, number of cases. */
const ECDSA = [
  ["ecdsa_secp256r1_sha256", "secp256r1", 484],
  ["ecdsa_secp256k1_sha256", "secp256k1", 476],
  ["ecdsa_brainpoolP256r1_sha256", "brainpool256r1", 485],
  ["ecdsa_secp384r1_sha256", "secp384r1", 472],
] as const;

describe("Wycheproof, signatures", () => {
  let official: Official;
  before(function () {
    official = officialOrSkip(this);
  });

  it("Ed25519: a member's signature, 151 of 151", () => {
    const { testGroups } = official("wycheproof/ed25519_test.json", ed25519Shape);
    let cases = 0;
    for (const { publicKey, tests } of testGroups) {
      for (const { tcId, msg, sig, result } of tests) {
        const verdict = refusal(() => {
          assertSignature("vector", msg, sig, publicKey.pk);
        });
        const expected = result === "valid" ? "accepted" : "CredentialError E_SIGNATURE";
        expect(verdict, `case ${tcId}`).to.equal(expected);
        cases += 1;
      }
    }
    expect(cases).to.equal(151);
  });

  for (const [name, curve, all] of ECDSA) {
    for (const encoding of ["base64", "hex"] as const) {
      it(`ECDSA on ${curve}: a record signed in ${encoding}, ${all} of ${all}`, async () => {
        const file = official(`wycheproof/${name}_test.json`, ecdsaShape);
        expect(await judged(file, curve, encoding)).to.deep.equal({ all, wrong: [] });
      });
    }
  }
});

/** The cases that come out as they must not, and how many there are. */
async function judged(
  { testGroups }: EcdsaFile,
  curve: string,
  encoding: "hex" | "base64",
): Promise<{ readonly all: number; readonly wrong: readonly number[] }> {
  const wrong: number[] = [];
  let all = 0;
  for (const { publicKeyDer, tests } of testGroups) {
    const key = parseMeterKey(publicKeyDer);
    expect(key.curve).to.equal(curve);
    for (const one of tests) {
      const record = recordOf(one, curve, encoding);
      const isSigned = record !== null && (await isSignedBy(record, key));
      if (isSigned !== (one.result === "valid")) wrong.push(one.tcId);
      all += 1;
    }
  }
  return { all, wrong };
}

/** A record whose signature is read by us, over the bytes of the case; null if it is refused. */
function recordOf(
  { msg, sig }: EcdsaCase,
  curve: string,
  encoding: "hex" | "base64",
): OcmfRecord | null {
  const section = JSON.stringify({
    SA: `ECDSA-${curve}-SHA256`,
    SE: encoding,
    SD: Buffer.from(sig).toString(encoding),
  });
  const payloadText = new TextDecoder().decode(msg);
  const text = ["OCMF", payloadText, section].join("|");
  try {
    return { ...parseRecord(`OCMF|{"RD":[]}|${section}`), text, payloadText, payload: msg };
  } catch (error) {
    if (error instanceof RecordError) return null;
    throw error;
  }
}
