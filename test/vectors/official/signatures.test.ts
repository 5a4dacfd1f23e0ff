/** Wycheproof: signatures of members (Ed25519) and of meters (ECDSA), all cases. */
import { expect } from "chai";
import { assertSignature } from "../../../offchain/core/credential/longTermKey.ts";
import { parseMeterKey } from "../../../offchain/core/meter/meterKey.ts";
import {
  type OcmfRecord,
  parseRecord,
  RecordError,
} from "../../../offchain/core/meter/ocmfRecord.ts";
import { isSignedBy } from "../../../offchain/core/meter/signature.ts";
import { z } from "zod";
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

/** File, curve in SA, number of cases, and how many of them have JSON as message. */
const ECDSA = [
  ["ecdsa_secp256r1_sha256", "secp256r1", 484, 444],
  ["ecdsa_secp256k1_sha256", "secp256k1", 476, 442],
  ["ecdsa_brainpoolP256r1_sha256", "brainpool256r1", 485, 436],
  ["ecdsa_secp384r1_sha256", "secp384r1", 472, 438],
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

  for (const [name, curve, all, json] of ECDSA) {
    const read = (): EcdsaFile => official(`wycheproof/${name}_test.json`, ecdsaShape);

    it(`ECDSA on ${curve}: a record signed in base64, ${all} of ${all}`, async () => {
      expect(await judged(read(), curve, "base64", () => true)).to.deep.equal({ all, wrong: [] });
    });

    it(`ECDSA on ${curve}: a record signed in hexadecimal, ${json} of ${json} in JSON`, async () => {
      const verdicts = await judged(read(), curve, "hex", ({ msg }) => isJson(msg));
      expect(verdicts).to.deep.equal({ all: json, wrong: [] });
    });
  }
});

/** The cases that come out as they must not, among those that are chosen. */
async function judged(
  { testGroups }: EcdsaFile,
  curve: string,
  encoding: "hex" | "base64",
  isChosen: (one: EcdsaCase) => boolean,
): Promise<{ readonly all: number; readonly wrong: readonly number[] }> {
  const wrong: number[] = [];
  let all = 0;
  for (const { publicKeyDer, tests } of testGroups) {
    const key = parseMeterKey(publicKeyDer);
    expect(key.curve).to.equal(curve);
    for (const one of tests.filter(isChosen)) {
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

/** As payloads are; a record of another is none. */
function isJson(message: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder().decode(message));
    return true;
  } catch {
    return false;
  }
}
