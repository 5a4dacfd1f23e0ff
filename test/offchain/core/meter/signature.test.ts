/**
 * Signatures of every curve of OCMF, by the library or by OpenSSL, and the ways in which one is
 * none.
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
import { isSignedBy, signatureNumbers } from "../../../../offchain/core/meter/signature.ts";

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

  it("do not under a name that is not the key's curve", async () => {
    const keys = pair("secp256k1");
    const key = parseMeterKey(keys.hex);
    for (const section of [inHex("secp256r1"), (der: Buffer) => ({ SD: der.toString("hex") })]) {
      expect(await isSignedBy(parseRecord(signed(keys, section)), key)).to.equal(false);
    }
  });

  it("do not in a form that is not DER", async () => {
    const keys = pair("secp256r1");
    const key = parseMeterKey(keys.hex);
    const raw = sign("sha256", Buffer.from(PAYLOAD), {
      key: keys.privateKey,
      dsaEncoding: "ieee-p1363",
    });
    const sections: readonly ((der: Buffer) => object)[] = [
      () => ({ SD: raw.toString("hex") }),
      (der) => ({ SD: der.toString("hex"), SM: "application/x-raw" }),
      (der) => ({ SD: `${der.toString("hex")}00` }),
      (der) => ({ SD: der.subarray(0, -1).toString("hex") }),
    ];
    for (const section of sections) {
      expect(await isSignedBy(parseRecord(signed(keys, section)), key)).to.equal(false);
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
