/**
 * Records made ready for the contract: the signed bytes, the lower s, the hints, and what is
 * refused before it costs.
 */
import { expect } from "chai";
import { recoverAddress, sha256 } from "ethers";
import { generateKeyPairSync, sign, verify } from "node:crypto";
import { meterKeyOfPoint, parseMeterKey } from "../../../../offchain/core/meter/meterKey.ts";
import { parseRecord } from "../../../../offchain/core/meter/ocmfRecord.ts";
import {
  encodeRecord,
  hintsOf,
  prepareRecord,
} from "../../../../offchain/core/meter/prepareRecord.ts";
import { signatureNumbers } from "../../../../offchain/core/meter/signature.ts";
import {
  meterTransaction,
  newMeter,
  signPayload,
  type MeterCurve,
} from "../../../../offchain/core/meter/simulatedMeter.ts";
import { asyncRefusal, counterRng } from "../../../support/primitives/draws.ts";

const ORDERS: Readonly<Record<MeterCurve, bigint>> = {
  secp256r1: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  secp256k1: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
};
const CURVES: readonly MeterCurve[] = ["secp256r1", "secp256k1"];

async function recordsOf(curve: MeterCurve, count: number): Promise<readonly string[]> {
  let meter = newMeter(curve, "1", counterRng(curve));
  const records: string[] = [];
  for (let k = 0; k < count; k++) {
    const result = await meterTransaction(meter, {
      identification: "x",
      beginMs: 1_900_000_000_000,
      endMs: 1_900_003_600_000,
      importMilliWh: 1_000_000n,
      exportMilliWh: 0n,
      clock: "S",
      end: "E",
      records: "one",
    });
    records.push(...result.records);
    meter = result.meter;
  }
  return records;
}

function keyOf(curve: MeterCurve): ReturnType<typeof parseMeterKey> {
  return newMeter(curve, "1", counterRng(curve)).publicKey;
}

describe("prepared records", () => {
  for (const curve of CURVES) {
    it(`of ${curve} have the payload's bytes and the lower s, which verifies too`, async () => {
      const order = ORDERS[curve];
      let lowered = 0;
      for (const text of await recordsOf(curve, 12)) {
        const record = parseRecord(text);
        const key = keyOf(curve);
        const prepared = await prepareRecord(record, key);
        expect(prepared.record.payload).to.equal(
          `0x${Buffer.from(record.payloadText).toString("hex")}`,
        );
        const numbers = signatureNumbers(record.signature.bytes);
        const s = BigInt(prepared.record.s);
        expect(BigInt(prepared.record.r)).to.equal(numbers?.r);
        expect([numbers?.s, order - (numbers?.s ?? 0n)]).to.include(s);
        expect(s <= order / 2n).to.equal(true);
        if (s !== numbers?.s) lowered++;
        const raw = Buffer.from(prepared.record.r.slice(2) + prepared.record.s.slice(2), "hex");
        const input = { key: key.object, dsaEncoding: "ieee-p1363" } as const;
        expect(verify("sha256", record.payload, input, raw)).to.equal(true);
      }
      expect(lowered).to.be.within(1, 11);
    });
  }

  it("of secp256k1 carry the v that recovers the key", async () => {
    const seen = new Set<number>();
    for (const text of await recordsOf("secp256k1", 12)) {
      const { key, record } = await prepareRecord(parseRecord(text), keyOf("secp256k1"));
      const v = Number(record.hints >> 48n);
      seen.add(v);
      const signer = recoverAddress(sha256(record.payload), { r: record.r, s: record.s, v });
      const expected = recoverAddress(sha256(record.payload), {
        r: record.r,
        s: record.s,
        v: v === 27 ? 28 : 27,
      });
      expect(signer).not.to.equal(expected);
      const point = Buffer.from(`04${key.x.slice(2)}${key.y.slice(2)}`, "hex");
      expect(meterKeyOfPoint("secp256k1", new Uint8Array(point)).spki).to.deep.equal(
        keyOf("secp256k1").spki,
      );
    }
    expect([...seen].sort()).to.deep.equal([27, 28]);
  });

  it("point at the keys", async () => {
    const [text = ""] = await recordsOf("secp256r1", 1);
    const record = parseRecord(text);
    const { hints } = (await prepareRecord(record, keyOf("secp256r1"))).record;
    const at = (key: string): bigint => BigInt(record.payloadText.indexOf(`"${key}"`));
    expect(hints >> 48n).to.equal(0n);
    expect((hints >> 32n) & 0xffffn).to.equal(at("PG"));
    expect((hints >> 16n) & 0xffffn).to.equal(at("ID"));
    expect(hints & 0xffffn).to.equal(at("RD"));
    expect(hintsOf(27, { pagination: 1, identification: 2, readings: 3 })).to.equal(
      0x1b_0001_0002_0003n,
    );
  });

  it("are not made of what the key did not sign", async () => {
    const [text = ""] = await recordsOf("secp256r1", 1);
    const altered = parseRecord(text.replace("1.0000", "2.0000"));
    const key = keyOf("secp256r1");
    const refused = "RefusedRecordError E_SIGNATURE";
    expect(await asyncRefusal(() => prepareRecord(altered, key))).to.equal(refused);
    expect(await asyncRefusal(() => prepareRecord(parseRecord(text), keyOf("secp256k1")))).to.equal(
      refused,
    );
    encodeRecord(parseRecord(text), keyOf("secp256k1"));
    // Whoever wants to ask the contract can.
    expect(encodeRecord(altered, key).record.r).to.equal(
      encodeRecord(parseRecord(text), key).record.r,
    );
  });

  it("are not made of signatures beyond the order of the curve", async () => {
    const [text = ""] = await recordsOf("secp256r1", 1);
    const order = ORDERS.secp256r1.toString(16);
    const der = `3026022100${order}020101`;
    const beyond = parseRecord(text.replace(/"SD":"[^"]*"/, `"SD":"${der}"`));
    expect(await asyncRefusal(() => prepareRecord(beyond, keyOf("secp256r1")))).to.equal(
      "RefusedRecordError E_SIGNATURE",
    );
  });

  it("are not made on curves that the chain cannot check", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
    const payload = '{"PG":"T1","RD":[{"TX":"B"}]}';
    const signature = sign("sha256", Buffer.from(payload), privateKey).toString("hex");
    const section = JSON.stringify({ SA: "ECDSA-secp384r1-SHA256", SD: signature });
    const record = parseRecord(`OCMF|${payload}|${section}`);
    const hex = publicKey.export({ type: "spki", format: "der" }).toString("hex");
    expect(await asyncRefusal(() => prepareRecord(record, parseMeterKey(hex)))).to.equal(
      "RefusedRecordError E_CURVE",
    );
  });

  it("are not made where the keys stand otherwise than the contract reads", async () => {
    const meter = newMeter("secp256r1", "1", counterRng("secp256r1"));
    const refusals = {
      '{"RD":[{"TX":"B"}],"PG":"T1"}': "E_PLACES",
      '{"TT":"\\u0022","PG":"T1","RD":[{"TX":"B"}]}': "E_ESCAPED",
    };
    for (const [payload, code] of Object.entries(refusals)) {
      const record = parseRecord(await signPayload(meter, payload));
      expect(await asyncRefusal(() => prepareRecord(record, meter.publicKey))).to.equal(
        `RefusedRecordError ${code}`,
      );
    }
  });
});
