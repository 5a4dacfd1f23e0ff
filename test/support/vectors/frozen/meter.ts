/** Frozen meter records, keys in every form in which they travel, and a meter's certificate. */
import { id as hashOfText, Wallet } from "ethers";
import { certifyMeter } from "../../../../offchain/core/meter/meterCertificate.ts";
import {
  chainKey,
  meterKeyId,
  type MeterPublicKey,
} from "../../../../offchain/core/meter/meterKey.ts";
import { parseRecord } from "../../../../offchain/core/meter/ocmfRecord.ts";
import { sessionName } from "../../../../offchain/core/meter/sessionName.ts";
import { signatureNumbers } from "../../../../offchain/core/meter/signature.ts";
import {
  type MeterCurve,
  type MeterStyle,
  meterTransaction,
  newMeter,
  type SimulatedMeter,
} from "../../../../offchain/core/meter/simulatedMeter.ts";
import { REGISTRY } from "../../credential/world.ts";
import { digits, DRAWS, drawsOf, type FrozenFile, hex, type Json } from "./form.ts";

const AUTHORITY = new Wallet(hashOfText("frozen wallet of the authority"));
const METERS = "0x5FC8d32690cc91D4c39d9d3abcBD16989F875707";
const BEGIN_MS = 1_728_000_000_000;
const SESSION = hashOfText("a session");
/** One a curve, each in a style of writing of its own. */
const METERS_OF_VECTORS: readonly (readonly [MeterCurve, MeterStyle, "one" | "two"])[] = [
  ["secp256r1", "compact", "one"],
  ["secp256k1", "spaced", "two"],
];

export async function meterVectors(): Promise<FrozenFile> {
  return {
    what: "Records that simulated meters sign (OCMF), their keys in every form that is read, what the chain knows of a key, and the authority's certificate of it.",
    draws: `${DRAWS} Labels: frozen/meter secp256r1, frozen/meter secp256k1. Signatures are RFC 6979.`,
    session: { sessionId: SESSION, identification: sessionName(SESSION) },
    meters: await Promise.all(METERS_OF_VECTORS.map(meterVector)),
  };
}

async function meterVector([
  curve,
  style,
  records,
]: (typeof METERS_OF_VECTORS)[number]): Promise<Json> {
  const fresh = newMeter(curve, "sim-0123456789ab", drawsOf(`meter ${curve}`));
  const meter: SimulatedMeter = {
    ...fresh,
    style,
    pagination: 41n,
    importMilliWh: 62_500_127_000n,
  };
  const measured = await meterTransaction(meter, {
    identification: sessionName(SESSION),
    beginMs: BEGIN_MS,
    endMs: BEGIN_MS + 1_799_500,
    importMilliWh: 7_500_100n,
    exportMilliWh: 0n,
    clock: "S",
    end: "E",
    records,
  });
  const key = chainKey(meter.publicKey);
  const inspected = {
    participantId: hashOfText("a station"),
    key,
    ratedPowerW: 11_000,
    lastPagination: 41n,
  };
  const from = BEGIN_MS / 1_000;
  const times = { validFrom: from, validUntil: from + 86_400, relayBy: from + 3_600 };
  const registry = { chainId: REGISTRY.chainId, meters: METERS };
  const { certificate, signature } = await certifyMeter(AUTHORITY, registry, inspected, times, 1);
  return {
    curve,
    secret: hex(meter.secret),
    keyForms: formsOf(meter.publicKey),
    chainKey: digits({ ...key }),
    meterKeyId: meterKeyId(key),
    records: measured.records.map(recordVector),
    certificate: digits({ ...certificate }),
    certificateVerifier: { chainId: String(REGISTRY.chainId), meters: METERS },
    certificateSignature: signature,
  };
}

function recordVector(text: string): Json {
  const { payload, signature } = parseRecord(text);
  const numbers = signatureNumbers(signature.bytes);
  return { text, payload: hex(payload), signature: digits({ ...numbers }) };
}

/** The forms of a key that do not need to be told its curve, and the bare ones that do. */
function formsOf({ spki, object }: MeterPublicKey): Json {
  const der = Buffer.from(spki);
  const { x = "", y = "" } = object.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  const parity = (point.at(-1) ?? 0) % 2 === 0 ? "02" : "03";
  return {
    spkiHex: der.toString("hex"),
    spkiBase64: der.toString("base64"),
    spkiPrefixed: `oca:base16:asn1:${der.toString("hex")}`,
    spkiHexInBase64: Buffer.from(der.toString("hex")).toString("base64"),
    pem: object.export({ type: "spki", format: "pem" }).toString(),
    bare: point.toString("hex"),
    bareUncompressed: `04${point.toString("hex")}`,
    bareCompressed: `${parity}${point.subarray(0, 32).toString("hex")}`,
  };
}
