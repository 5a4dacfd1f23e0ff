/**
 * Signatures of every curve of OCMF, however they are written, and the ways in which one is none.
 */
import { expect } from "chai";
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import {
  CURVES,
  opensslName,
  parseMeterKey,
  type Curve,
} from "../../../../offchain/core/meter/meterKey.ts";
import { parseRecord } from "../../../../offchain/core/meter/ocmfRecord.ts";
import {
  curveNamed,
  formOf,
  isOtherScheme,
  isSignedBy,
  signatureNumbers,
  signingHash,
} from "../../../../offchain/core/meter/signature.ts";

const PAYLOAD = '{"PG":"T1","RD":[{"TX":"B","RV":1.50}]}';

interface Pair {
  readonly privateKey: KeyObject;
  readonly hex: string;
}

function pair(curve: Curve): Pair {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: opensslName(curve) });
  return { privateKey, hex: publicKey.export({ type: "spki", format: "der" }).toString("hex") };
}

function signed({ privateKey }: Pair, section: (der: Buffer) => object, payload = PAYLOAD): string {
  const der = sign("sha256", Buffer.from(payload), privateKey);
  return `OCMF|${payload}|${JSON.stringify(section(der))}`;
}

function inHex(curve: Curve): (der: Buffer) => object {
  return (der) => ({ SA: `ECDSA-${curve}-SHA256`, SD: der.toString("hex") });
}

describe("signatures of meters", () => {
  for (const curve of CURVES) {
    it(`on ${curve} verify, over exactly the bytes that were signed`, async () => {
      const keys = pair(curve);
      const text = signed(keys, inHex(curve));
      const key = parseMeterKey(keys.hex);
      expect(await isSignedBy(parseRecord(text), key)).to.equal(true);
      for (const altered of [text.replace("1.50", "1.51"), text.replace("1.50", "1.5")]) {
        expect(await isSignedBy(parseRecord(altered), key), altered).to.equal(false);
      }
    });

    it(`on ${curve} verify in base64`, async () => {
      const keys = pair(curve);
      const section = (der: Buffer): object => ({
        SA: `ECDSA-${curve}-SHA256`,
        SE: "base64",
        SD: der.toString("base64"),
      });
      const text = signed(keys, section);
      const key = parseMeterKey(keys.hex);
      expect(await isSignedBy(parseRecord(text), key)).to.equal(true);
      const altered = parseRecord(text.replace("1.50", "1.51"));
      expect(await isSignedBy(altered, key)).to.equal(false);
    });
  }

  it("of another key do not", async () => {
    const text = signed(pair("secp256r1"), inHex("secp256r1"));
    const other = parseMeterKey(pair("secp256r1").hex);
    expect(await isSignedBy(parseRecord(text), other)).to.equal(false);
  });

  it("are the key's, whatever the record says of them: that is not signed", async () => {
    const keys = pair("secp256k1");
    const key = parseMeterKey(keys.hex);
    const sections: readonly ((der: Buffer) => object)[] = [
      inHex("secp256r1"),
      (der) => ({ SD: der.toString("hex") }),
      (der) => ({ SA: "ecdsa-SECP256K1-sha256", SD: der.toString("hex") }),
      (der) => ({ SM: "application/x-raw", SD: der.toString("hex").toUpperCase() }),
    ];
    for (const section of sections) {
      expect(await isSignedBy(parseRecord(signed(keys, section)), key)).to.equal(true);
      const altered = parseRecord(signed(keys, section).replace("1.50", "1.51"));
      expect(await isSignedBy(altered, key)).to.equal(false);
    }
  });

  for (const curve of CURVES) {
    it(`on ${curve} verify as r and s one after the other`, async () => {
      const keys = pair(curve);
      const key = parseMeterKey(keys.hex);
      const { privateKey } = keys;
      const raw = sign("sha256", Buffer.from(PAYLOAD), {
        key: privateKey,
        dsaEncoding: "ieee-p1363",
      });
      const text = signed(keys, () => ({ SD: raw.toString("hex") }));
      const record = parseRecord(text);
      expect(formOf(record.signature.bytes)).to.equal("raw");
      expect(await isSignedBy(record, key)).to.equal(true);
      expect(await isSignedBy(parseRecord(text.replace("1.50", "1.51")), key)).to.equal(false);
    });
  }

  it("over another hash are found, and are none that the contract takes", async () => {
    const keys = pair("secp384r1");
    const key = parseMeterKey(keys.hex);
    const der = sign("sha384", Buffer.from(PAYLOAD), keys.privateKey);
    const section = { SA: "ECDSA-secp384r1-SHA384", SD: der.toString("hex") };
    const record = parseRecord(signed(keys, () => section));
    expect(await signingHash(record, key)).to.equal("sha384");
    expect(await isSignedBy(record, key)).to.equal(false);
    const unnamed = parseRecord(signed(keys, () => ({ SD: section.SD })));
    expect(await signingHash(unnamed, key)).to.equal(null);
  });

  it("are none with bytes behind, or cut", async () => {
    const keys = pair("secp256r1");
    const key = parseMeterKey(keys.hex);
    const sections: readonly ((der: Buffer) => object)[] = [
      (der) => ({ SD: `${der.toString("hex")}00` }),
      (der) => ({ SD: der.subarray(0, -1).toString("hex") }),
    ];
    for (const section of sections) {
      expect(await isSignedBy(parseRecord(signed(keys, section)), key)).to.equal(false);
    }
  });

  it("name their curve in every spelling", () => {
    const names: Readonly<Record<string, Curve | null>> = {
      "ECDSA-secp256k1-SHA256": "secp256k1",
      "ECDSA-brainpool256r1-SHA256": "brainpool256r1",
      "ECDSA-brainpoolP256r1-SHA256": "brainpool256r1",
      "ecdsa-BrainpoolP384r1-sha256": "brainpool384r1",
      "ECDSA-prime256v1-SHA-256": "secp256r1",
      "ECDSA-secp224r1-SHA256": null,
      "RSA-SHA256": null,
    };
    for (const [algorithm, curve] of Object.entries(names)) {
      expect(curveNamed(algorithm), algorithm).to.equal(curve);
      expect(isOtherScheme(algorithm), algorithm).to.equal(algorithm.startsWith("RSA"));
    }
  });

  describe("as numbers", () => {
    const numbers = (hex: string): unknown =>
      signatureNumbers(new Uint8Array(Buffer.from(hex, "hex")));

    it("are those of the DER", () => {
      expect(numbers("3006020101020102")).to.deep.equal({ r: 1n, s: 2n });
      expect(numbers("3008020200ff02020080")).to.deep.equal({ r: 255n, s: 128n });
      expect(numbers("3006020100020100")).to.deep.equal({ r: 0n, s: 0n });
    });

    it("may need a length of two bytes", () => {
      const r = `0242${"01".repeat(66)}`;
      const sequence = `308188${r}${r}`;
      const value = BigInt(`0x${"01".repeat(66)}`);
      expect(numbers(sequence)).to.deep.equal({ r: value, s: value });
    });

    const REFUSED: Readonly<Record<string, string>> = {
      nothing: "",
      "another tag": "3106020101020102",
      "one integer": "3003020101",
      "three integers": "3009020101020102020103",
      "bytes behind": "300602010102010200",
      "a length that is too long": "3007020101020102",
      "a length that is not the shortest": "308106020101020102",
      "an integer without content": "300502000201020a",
      "a negative number": "30060201ff020102",
      "a number with too many zeros": "300702020001020102",
      "a length of unknown size": "3080020101020102",
    };
    for (const [what, hex] of Object.entries(REFUSED)) {
      it(`are none for ${what}`, () => {
        expect(numbers(hex)).to.equal(null);
      });
    }
  });
});
