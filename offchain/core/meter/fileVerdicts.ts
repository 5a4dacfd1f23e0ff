/**
 * The verdicts on the records of a file together. Two records in which a meter has signed begin and
 * end of one transaction stand or fall together: what refuses the pair, such as a register that
 * falls, refuses both, in whatever order they came.
 */
import { readField, type FieldReading } from "./fieldReading.ts";
import type { MeterPublicKey } from "./meterKey.ts";
import { paginationOf, type OcmfRecord } from "./ocmfRecord.ts";
import { agreedOrNever, attempted, verdictOf, type RecordVerdict } from "./recordVerdict.ts";
import { readTransaction, WIDEST_LIMITS, type Direction } from "./settlementRules.ts";

/** A record, and the key by which it is judged. */
export interface KeyedRecord {
  readonly record: OcmfRecord;
  readonly key: MeterPublicKey;
}

export interface JudgedRecord extends KeyedRecord {
  readonly verdict: RecordVerdict;
}

/** Judges every record, in their order. Run by anybody. */
export async function judgeTogether<Record extends KeyedRecord>(
  records: readonly Record[],
  direction: Direction,
): Promise<readonly (Record & JudgedRecord)[]> {
  const judged = await Promise.all(
    records.map(async (one) => ({
      ...one,
      verdict: await verdictOf(one.record, one.key, direction),
    })),
  );
  return judged.map((one) => {
    const other = otherHalf(one, judged);
    if (other === null) return one;
    const [begin, end] = isBegin(one) ? [one, other] : [other, one];
    return { ...one, verdict: withPair(one, begin, end, direction) };
  });
}

/**
 * The end record after a begin record of the same key, or the begin record before an end record.
 */
function otherHalf(one: JudgedRecord, all: readonly JudgedRecord[]): JudgedRecord | null {
  const [pagination, step] = [paginationOf(one.record), isBegin(one) ? 1n : -1n];
  if (pagination === null || !isHalf(one)) return null;
  const fits = (other: JudgedRecord): boolean =>
    isHalf(other) &&
    isBegin(other) !== isBegin(one) &&
    paginationOf(other.record) === pagination + step &&
    other.key.object.equals(one.key.object);
  return all.find(fits) ?? null;
}

function isHalf({ verdict: { settles, field } }: JudgedRecord): boolean {
  return settles !== "never" && field !== null && field.hasBegin !== field.hasEnd;
}

function isBegin({ verdict }: JudgedRecord): boolean {
  return verdict.field?.hasBegin === true;
}

/** The energy of a pair is said once, with its end. */
function withPair(
  one: JudgedRecord,
  begin: JudgedRecord,
  end: JudgedRecord,
  direction: Direction,
): RecordVerdict {
  const { verdict } = one;
  const contents = [begin, end].flatMap(({ verdict: { content, settles } }) =>
    content === null || settles === "agreement" ? [] : [content],
  );
  const field = attempted(() => readField([begin.record, end.record], direction));
  const said = (read: FieldReading | null): Pick<RecordVerdict, "field" | "energyWh"> =>
    one === end
      ? { field: read, energyWh: read?.energyWh ?? null }
      : { field: verdict.field, energyWh: null };
  if (contents.length === 2) {
    const read = attempted(() => readTransaction(contents, WIDEST_LIMITS));
    if (read.value !== null) {
      return { ...verdict, energyWh: one === end ? read.value.energyWh : null };
    }
    const settles = agreedOrNever(field.value, read.refusal);
    return { ...verdict, ...said(field.value), settles, refusal: read.refusal };
  }
  if (field.value === null) return { ...verdict, settles: "never", refusal: field.refusal };
  // Without its other half on chain, a record that the chain could read settles nothing there.
  const refusal = begin.verdict.refusal ?? end.verdict.refusal;
  return { ...verdict, ...said(field.value), settles: "agreement", refusal };
}
