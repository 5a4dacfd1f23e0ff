/** The forms in which keys of meters travel, and what the contract knows of them. */
import { expect } from "chai";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import {
  chainKey,
  CURVES,
  meterKeyId,
  meterKeyOfPoint,
  opensslName,
  parseMeterKey,
  type Curve,
} from "../../../../offchain/core/meter/meterKey.ts";
import { refusal } from "../../../support/primitives/draws.ts";

/** x ‖ y of the generator of secp256k1: the key of the secret 1. */
const G_X = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
const G_Y = "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";
/** A key that a maker publishes. */
const R1_HEX =
  "3059301306072A8648CE3D020106082A8648CE3D03010703420004CE6FD2090A85FDE4A69B58EF00FDE362833AD8C70F8E8027CAAC655C0BB02F6B1A44558C78B386FF0BC3A4BBE6C81A4F8133134DB05DAE91E2AA309C07A5128B";
const R1_PEM = createPublicKey({
  key: Buffer.from(R1_HEX, "hex"),
  format: "der",
  type: "spki",
})
  .export({ type: "spki", format: "pem" })
  .toString();
const R1_X = "0xce6fd2090a85fde4a69b58ef00fde362833ad8c70f8e8027caac655c0bb02f6b";

function pair(curve: Curve): { readonly spki: Buffer; readonly pem: string } {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: opensslName(curve) });
  return {
    spki: publicKey.export({ type: "spki", format: "der" }),
    pem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

describe("keys of meters", () => {
  for (const curve of CURVES) {
    it(`of ${curve} are read from DER and PEM`, () => {
      const { spki, pem } = pair(curve);
      for (const form of [spki.toString("hex"), spki.toString("base64"), pem]) {
        const key = parseMeterKey(form);
        expect(key.curve).to.equal(curve);
        expect(Buffer.from(key.spki).equals(spki)).to.equal(true);
      }
    });
  }

  it("are read in every form in which one travels", () => {
    const forms = [
      R1_HEX,
      R1_HEX.toLowerCase(),
      R1_HEX.replace(/(.{4})/g, "$1 "),
      `oca:base16:asn1:${R1_HEX}`,
      Buffer.from(R1_HEX).toString("base64"),
      Buffer.from(`oca:base16:asn1:${R1_HEX}\n`).toString("base64"),
      Buffer.from(R1_HEX, "hex").toString("base64"),
      R1_HEX.slice(-128),
      `04${R1_HEX.slice(-128)}`,
      `03${R1_HEX.slice(-128, -64)}`,
      Buffer.from(R1_HEX.slice(-128), "hex").toString("base64"),
      `0x${R1_HEX}`,
      R1_HEX.replace(/(..)(?=.)/g, "$1:"),
      Buffer.from(R1_HEX, "hex").toString("base64url"),
      `oca:base64:asn1:${Buffer.from(R1_HEX, "hex").toString("base64")}`,
      Buffer.from(`oca:base64:asn1:${Buffer.from(R1_HEX, "hex").toString("base64")}`).toString(
        "base64",
      ),
      R1_PEM,
      R1_PEM.replaceAll("\n", ""),
      R1_PEM.replaceAll("\n", " "),
      R1_PEM.replaceAll("\n", String.raw`\r\n`),
      Buffer.from(R1_PEM).toString("base64"),
      Buffer.from(R1_PEM)
        .toString("base64")
        .replace(/(.{76})/g, "$1\n"),
    ];
    for (const form of forms) {
      const key = parseMeterKey(form);
      expect(key.curve, form).to.equal("secp256r1");
      expect(chainKey(key).x, form).to.equal(R1_X);
    }
  });

  it("of a bare point need their curve said", () => {
    const key = parseMeterKey(G_X + G_Y, "secp256k1");
    expect(chainKey(key)).to.deep.equal({ curve: 2n, x: `0x${G_X}`, y: `0x${G_Y}` });
    const point = new Uint8Array(Buffer.from(`02${G_X}`, "hex"));
    expect(chainKey(meterKeyOfPoint("secp256k1", point)).y).to.equal(`0x${G_Y}`);
  });

  it("keep coordinates of 32 bytes that begin with zeros", () => {
    // x of 159 G has a leading zero byte on secp256r1, as one key in 128 has in one of its
    // coordinates.
    for (;;) {
      const { spki } = pair("secp256r1");
      const x = spki.subarray(-64, -32);
      if (x[0] !== 0) continue;
      expect(chainKey(parseMeterKey(spki.toString("hex"))).x).to.equal(`0x${x.toString("hex")}`);
      return;
    }
  });

  it("have an id that depends on all of it", () => {
    const key = chainKey(parseMeterKey(R1_HEX));
    const ids = [key, { ...key, curve: 2n }, { ...key, x: key.y }, { ...key, y: key.x }].map(
      meterKeyId,
    );
    expect(new Set(ids).size).to.equal(4);
  });

  it("of a curve that the chain cannot check have no form there", () => {
    for (const curve of ["secp384r1", "brainpool256r1", "secp192k1"] as const) {
      const key = parseMeterKey(pair(curve).spki.toString("hex"));
      expect(
        refusal(() => chainKey(key)),
        curve,
      ).to.equal("MeterKeyError E_KEY_CURVE");
    }
  });

  it("are refused on a curve that OCMF does not know", () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "secp224r1" });
    const hex = publicKey.export({ type: "spki", format: "der" }).toString("hex");
    expect(refusal(() => parseMeterKey(hex))).to.equal("MeterKeyError E_KEY_CURVE");
    const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
    expect(() => parseMeterKey(rsa.export({ type: "spki", format: "pem" }).toString()))
      .to.throw("a key for rsa")
      .with.property("code", "E_KEY_CURVE");
    const edwards = generateKeyPairSync("ed25519").publicKey;
    const pem = edwards.export({ type: "spki", format: "pem" }).toString();
    expect(refusal(() => parseMeterKey(pem))).to.equal("MeterKeyError E_KEY_CURVE");
  });

  const REFUSED: Readonly<Record<string, string>> = {
    nothing: "",
    "another alphabet": "?",
    "a broken DER": R1_HEX.slice(0, -2),
    "a point off its curve": `${R1_HEX.slice(0, -2)}00`,
    "half a point": R1_HEX.slice(-64),
    "a PEM of something else": "-----BEGIN NOTHING-----",
    "a PEM that breaks off": R1_PEM.slice(0, 60),
    "text within text within text": [1, 2, 3].reduce(
      (text) => Buffer.from(text).toString("base64"),
      R1_HEX,
    ),
  };
  for (const [what, text] of Object.entries(REFUSED)) {
    it(`are not ${what}`, () => {
      expect(refusal(() => parseMeterKey(text))).to.equal("MeterKeyError E_KEY_FORMAT");
    });
  }

  it("are what OpenSSL makes of them", () => {
    const key = parseMeterKey(R1_HEX);
    const known = createPublicKey({
      key: Buffer.from(R1_HEX, "hex"),
      format: "der",
      type: "spki",
    });
    expect(key.object.equals(known)).to.equal(true);
  });
});
