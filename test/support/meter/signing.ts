/** Records as meters of every make would sign them, for tests. */
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import {
  opensslName,
  parseMeterKey,
  type Curve,
  type MeterPublicKey,
} from "../../../offchain/core/meter/meterKey.ts";

export interface SigningMeter {
  readonly curve: Curve;
  readonly privateKey: KeyObject;
  readonly publicKey: MeterPublicKey;
}

/** One line of readings; what is left out is of an honest meter. */
export interface Line {
  readonly tx: string;
  readonly rv: string;
  readonly ri?: string;
  readonly tm?: string;
  readonly ef?: string;
  readonly st?: string;
  readonly ru?: string;
}

/** A meter with a key that nobody repeats. */
export function signingMeter(curve: Curve): SigningMeter {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: opensslName(curve) });
  const spki = publicKey.export({ type: "spki", format: "der" });
  return { curve, privateKey, publicKey: parseMeterKey(spki.toString("hex")) };
}

/** A payload with these readings. */
export function payloadOf(pagination: string, lines: readonly Line[], before = ""): string {
  const readings = lines.map(
    ({
      tx,
      rv,
      ri = "1-0:1.8.0",
      tm = "2031-05-17T12:00:00,000+0000 U",
      ef = "",
      st = "G",
      ru = "kWh",
    }) =>
      `{"TM":"${tm}","TX":"${tx}","EF":"${ef}","ST":"${st}","RV":${rv},"RI":"${ri}","RU":"${ru}"}`,
  );
  return `{"PG":"${pagination}",${before}"RD":[${readings.join(",")}]}`;
}

/** The payload with its signature in DER. */
export function signedBy({ curve, privateKey }: SigningMeter, payload: string): string {
  const signature = sign("sha256", Buffer.from(payload), privateKey).toString("hex");
  return `OCMF|${payload}|${JSON.stringify({ SA: `ECDSA-${curve}-SHA256`, SD: signature })}`;
}
