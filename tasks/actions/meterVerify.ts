/**
 * `meter verify`: the verdict on every record of a file: signed by the key or not, what it settles,
 * or why it settles nothing, in the words of the contract. Without any chain; with the session and
 * the state folder of its market also by the session's times, and by what the registry knows of
 * keys.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { textTable } from "../../offchain/study/figures/textTable.ts";
import {
  judgeTogether,
  type JudgedRecord,
  type KeyedRecord,
} from "../../offchain/core/meter/fileVerdicts.ts";
import type { MeterPublicKey } from "../../offchain/core/meter/meterKey.ts";
import type { RecordNote, RecordVerdict } from "../../offchain/core/meter/recordVerdict.ts";
import { namingOf, type Naming } from "../../offchain/core/meter/sessionName.ts";
import {
  CONTRACT_ERRORS,
  DIRECTIONS,
  WIDEST_LIMITS,
  type Direction,
  type Limits,
} from "../../offchain/core/meter/settlementRules.ts";
import { isChainCurve } from "../../offchain/core/meter/prepareRecord.ts";
import { settlementLimits } from "../../offchain/market/settlement.ts";
import { connect } from "../support/connection.ts";
import { jsonOutput } from "../support/jsonText.ts";
import { keyInFile } from "../support/meters.ts";
import { everythingInFile, type FiledFault, type FiledRecord } from "../support/meterRecords.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { idNamed } from "../support/naming.ts";

export interface MeterVerifyArguments {
  readonly file: string;
  readonly keyFile: string | undefined;
  readonly curve: string;
  readonly direction: string;
  readonly session: string | undefined;
  readonly state: string | undefined;
  readonly json: boolean;
}

interface ListedVerdict {
  readonly record: number;
  /** Context and number as the record writes them, e.g. `T17`; empty for none. */
  readonly pg: string;
  readonly curve: string | null;
  readonly readings: number | null;
  /** Null for what cannot be judged: no OCMF, or a key that is none. */
  readonly verifies: boolean | null;
  readonly settles: string;
  /** Error of the contract that says why not, or what cannot be judged. */
  readonly refusal: string | null;
  /** Of a record with begin and end, or of the end of a pair; rounded down. */
  readonly energyWh: bigint | null;
  readonly notes: readonly string[];
}

interface Keyed extends KeyedRecord {
  /** From 1. */
  readonly place: number;
}

/** What every record of the file is asked. */
interface Question {
  readonly key: MeterPublicKey | null;
  readonly direction: Direction;
  readonly session: Bytes32 | null;
  readonly limitsOf: LimitsOf;
}

/** What a session asks of the records of a key. */
type LimitsOf = (key: MeterPublicKey) => Promise<Limits>;

interface Unkeyed {
  readonly place: number;
  readonly fault: string;
}

const NOTES: Readonly<Record<RecordNote, string>> = {
  "raw signature": "its signature is r and s one after the other, not DER",
  "other hash": "it is signed over another hash than SHA-256",
  "name behind readings":
    "its identification stands behind the readings: the vehicle confirms the begin",
  "compensated register": "read from the register without the losses of the cable",
  "losses counted":
    "the contract counts the losses of the cable: `session agree` for the register without them",
  "tariff register": "read from the register of one tariff, which may be a part",
  "flagged time": "the meter flags its time: the session's time bounds the energy",
};

const NAMINGS: Readonly<Record<Naming, string>> = {
  whole: "it names the session",
  short: "it names the session in short, which the contract does not take: `session confirm-begin`",
  none: "it does not name the session: `session confirm-begin`",
};

export default function action(
  args: MeterVerifyArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const direction = directionIn(args.direction);
    const filed = await everythingInFile(args.file);
    const named = args.keyFile === undefined ? null : await keyInFile(args.keyFile, args.curve);
    const session = sessionIn(args.session);
    const limitsOf = await limitsFor(hre, args.state, session);
    const listed = await listedVerdicts(filed, { key: named, direction, session, limitsOf });
    process.stdout.write(args.json ? jsonOutput(listed) : tableOf(listed, named !== null));
    requireJudged(listed);
  });
}

/** Of any session, unless one is named together with its market. */
async function limitsFor(
  hre: HardhatRuntimeEnvironment,
  state: string | undefined,
  session: Bytes32 | null,
): Promise<LimitsOf> {
  if (state === undefined) return () => Promise.resolve(WIDEST_LIMITS);
  if (session === null) throw new InputError("--state: name the session with --session");
  const { market } = await connect(hre, state);
  // No record of another curve reaches the contract: there is nothing to ask for it.
  return (key) =>
    isChainCurve(key.curve)
      ? settlementLimits(market, session, key)
      : Promise.resolve(WIDEST_LIMITS);
}

async function listedVerdicts(
  filed: readonly (FiledRecord | FiledFault)[],
  { key, direction, session, limitsOf }: Question,
): Promise<readonly ListedVerdict[]> {
  const asked = filed.map((one, k) => placed(k + 1, one, key));
  const keyed = asked.filter((one) => "key" in one);
  if (keyed.length === 0 && filed.every(bringsNoKey)) {
    throw new InputError("the file brings no keys: name one with --key-file");
  }
  const limits = new Map<MeterPublicKey, Limits>();
  for (const one of keyed) limits.set(one.key, await limitsOf(one.key));
  const limitsKnown = (of: MeterPublicKey): Limits => limits.get(of) ?? WIDEST_LIMITS;
  const judged = await judgeTogether(keyed, direction, limitsKnown);
  const faults = asked.filter((one) => "fault" in one);
  const listed = [...faults.map(unjudged), ...judged.map((one) => shown(one, session))];
  return listed.toSorted((a, b) => a.record - b.record);
}

function bringsNoKey(one: FiledRecord | FiledFault): boolean {
  return one.record !== null && one.key === null && one.keyFault === null;
}

/** The record with the key that judges it, or why there is none. */
function placed(
  place: number,
  one: FiledRecord | FiledFault,
  named: MeterPublicKey | null,
): Keyed | Unkeyed {
  if (one.record === null) return { place, fault: one.fault };
  const key = named ?? one.key;
  if (key !== null) return { place, record: one.record, key };
  return { place, fault: one.keyFault ?? "no key: name one with --key-file" };
}

function unjudged({ place, fault }: Unkeyed): ListedVerdict {
  const unknown = { curve: null, readings: null, verifies: null, energyWh: null };
  const record = { record: place, pg: "" };
  return { ...record, ...unknown, settles: "never", refusal: fault, notes: [] };
}

function shown(
  { place, record, verdict }: Keyed & JudgedRecord,
  session: Bytes32 | null,
): ListedVerdict {
  const { curve, verifies, readings, settles, energyWh, notes } = verdict;
  const { PG } = record.fields;
  return {
    record: place,
    pg: typeof PG === "string" ? PG : "",
    ...{ curve, readings, verifies, settles },
    refusal: whyNot(verdict),
    energyWh,
    notes: [
      ...agreementOn(verdict),
      ...notes.map((note) => NOTES[note]),
      ...(session === null ? [] : [NAMINGS[namingOf(record.fields.ID, session)]]),
    ],
  };
}

/** What both parties would sign: whole Wh, whose difference is the energy. */
function agreementOn({ settles, field, energyWh }: RecordVerdict): readonly string[] {
  const beginWh = field?.beginWh ?? null;
  if (settles !== "agreement" || beginWh === null || energyWh === null) return [];
  return [`\`session agree --begin ${beginWh} --end ${beginWh + energyWh}\`, once by each party`];
}

/** No record of another curve reaches the contract: there is no certificate for its key. */
function whyNot({ refusal, settles }: RecordVerdict): string | null {
  if (refusal === null) return null;
  const error = refusal === "E_CURVE" ? "curve" : CONTRACT_ERRORS[refusal].join(" or ");
  return settles === "agreement" ? `${error}: session agree` : error;
}

function requireJudged(listed: readonly ListedVerdict[]): void {
  const unsigned = listed.filter(({ verifies }) => verifies === false).length;
  const unread = listed.filter(({ verifies }) => verifies === null).length;
  const faults = [
    ...(unsigned > 0
      ? [`${unsigned} of ${listed.length} records are not signed by their key`]
      : []),
    ...(unread > 0 ? [`${unread} of ${listed.length} records cannot be judged`] : []),
  ];
  if (faults.length > 0) throw new InputError(faults.join("; "));
}

function tableOf(verdicts: readonly ListedVerdict[], named: boolean): string {
  const heading = named
    ? "Verdicts"
    : "Verdicts, by the keys of the file: whose they are, only a certificate says";
  const columns = ["No.", "Record", "Curve", "Readings", "Signed", "Settles", "Wh", "Why not"];
  const table = textTable(
    heading,
    columns.map((head) => ({ head })),
    verdicts.map((row) => [
      String(row.record),
      row.pg,
      row.curve ?? "–",
      row.readings === null ? "–" : String(row.readings),
      row.verifies === null ? "–" : row.verifies ? "yes" : "NO",
      row.settles,
      row.energyWh === null ? "–" : String(row.energyWh),
      row.refusal ?? "",
    ]),
  );
  const notes = verdicts.flatMap((row) => row.notes.map((note) => `No. ${row.record}: ${note}`));
  return [table, ...(notes.length > 0 ? [["", ...notes].join("\n")] : []), ""].join("\n");
}

function sessionIn(text: string | undefined): Bytes32 | null {
  return text === undefined ? null : idNamed("session", text);
}

function directionIn(text: string): Direction {
  const direction = DIRECTIONS.find((name) => name === text);
  if (direction !== undefined) return direction;
  throw new InputError(`--direction: expected import or export, got ${text}`);
}
