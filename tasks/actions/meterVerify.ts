/**
 * `meter verify`: the verdict on every record of a file: signed by the key or not, what it settles,
 * or why it settles nothing, in the words of the contract. Without any chain; with `--session` also
 * by the times of a session, and by what the registry knows of the key.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { textTable } from "../../offchain/study/figures/textTable.ts";
import type { MeterPublicKey } from "../../offchain/core/meter/meterKey.ts";
import { verdictOf, type RecordVerdict } from "../../offchain/core/meter/recordVerdict.ts";
import {
  CONTRACT_ERRORS,
  DIRECTIONS,
  type Direction,
  type Limits,
  type RefusalCode,
} from "../../offchain/core/meter/settlementRules.ts";
import { namesSession } from "../../offchain/core/meter/sessionName.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { settlementLimits } from "../../offchain/market/settlement.ts";
import { connect } from "../support/connection.ts";
import { idNamed } from "../support/naming.ts";
import { jsonText } from "../support/files.ts";
import { keyInFile } from "../support/meters.ts";
import { recordsInFile, type FiledRecord } from "../support/meterRecords.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";

export interface MeterVerifyArguments {
  readonly file: string;
  readonly keyFile: string | undefined;
  readonly curve: string;
  readonly direction: string;
  readonly state: string;
  readonly session: string | undefined;
  readonly json: boolean;
}

interface ListedVerdict {
  readonly record: number;
  readonly pagination: string;
  readonly curve: string;
  readonly readings: number;
  readonly verifies: boolean;
  readonly settles: string;
  /** Error of the contract that says why not. */
  readonly refusal: string | null;
  /** Whether it carries the name of the session; null without one. */
  readonly named: boolean | null;
  /** Of a record with begin and end, rounded down. */
  readonly energyWh: string | null;
}

const MILLI = 1000n;

/** What a session asks of records that a key has signed; null where no session is named. */
type LimitsOf = (key: MeterPublicKey) => Promise<Limits | null>;

export default function action(
  args: MeterVerifyArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const direction = directionIn(args.direction);
    const session = args.session === undefined ? null : idNamed("session", args.session);
    const limitsOf = await limitsFor(hre, args.state, session);
    const filed = await recordsInFile(args.file);
    const key = args.keyFile === undefined ? null : await keyInFile(args.keyFile, args.curve);
    const verdicts = await Promise.all(
      filed.map(async (entry, k) =>
        listed(k + 1, entry, session, await judged(entry, key, direction, limitsOf)),
      ),
    );
    process.stdout.write(args.json ? jsonText(verdicts) : tableOf(verdicts, key !== null));
    const unsigned = verdicts.filter(({ verifies }) => !verifies).length;
    if (unsigned > 0) {
      throw new InputError(`${unsigned} of ${verdicts.length} records are not signed by their key`);
    }
  });
}

async function limitsFor(
  hre: HardhatRuntimeEnvironment,
  state: string,
  session: Bytes32 | null,
): Promise<LimitsOf> {
  if (session === null) return () => Promise.resolve(null);
  const { market } = await connect(hre, state);
  return (key) => settlementLimits(market, session, key);
}

async function judged(
  { record, key: brought }: FiledRecord,
  named: MeterPublicKey | null,
  direction: Direction,
  limitsOf: LimitsOf,
): Promise<RecordVerdict> {
  const key = named ?? brought;
  if (key !== null) return verdictOf(record, key, direction, await limitsOf(key));
  throw new InputError("the file brings no keys: name one with --key-file");
}

function listed(
  place: number,
  { record }: FiledRecord,
  session: Bytes32 | null,
  verdict: RecordVerdict,
): ListedVerdict {
  const { curve, verifies, readings, settles, refusal, content } = verdict;
  const { PG, ID } = record.fields;
  const identification = typeof ID === "string" ? ID : null;
  return {
    record: place,
    pagination: typeof PG === "string" ? PG : "",
    ...{ curve, readings, verifies, settles },
    refusal: refusal === null ? null : whyNot(refusal),
    named: session === null ? null : namesSession(identification, session),
    energyWh: energyOf(content),
  };
}

/** No record of such a curve reaches the contract: there is no certificate for its key. */
function whyNot(refusal: RefusalCode): string {
  return refusal === "E_CURVE" ? "curve: session agree" : CONTRACT_ERRORS[refusal].join(" or ");
}

function energyOf(content: RecordVerdict["content"]): string | null {
  if (content?.begin == null || content.end === null) return null;
  const milliWh = content.end.milliWh - content.begin.milliWh;
  return milliWh < 0n ? null : String(milliWh / MILLI);
}

function tableOf(verdicts: readonly ListedVerdict[], named: boolean): string {
  const heading = named
    ? "Verdicts"
    : "Verdicts, by the keys of the file: whose they are, only a certificate says";
  const columns = [
    ...["No.", "Record", "Curve", "Readings", "Signed", "Settles", "Wh"],
    ...["Names the session", "Why not"],
  ];
  const table = textTable(
    heading,
    columns.map((head) => ({ head })),
    verdicts.map((row) => [
      String(row.record),
      row.pagination,
      row.curve,
      String(row.readings),
      row.verifies ? "yes" : "NO",
      row.settles,
      row.energyWh ?? "–",
      row.named === null ? "–" : row.named ? "yes" : "no",
      row.refusal ?? "",
    ]),
  );
  return `${table}\n`;
}

function directionIn(text: string): Direction {
  const direction = DIRECTIONS.find((name) => name === text);
  if (direction !== undefined) return direction;
  throw new InputError(`--direction: expected import or export, got ${text}`);
}
