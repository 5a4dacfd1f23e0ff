/** Histories on the command line: whose is meant, and how it is shown. */
import { textTable } from "../../offchain/study/figures/textTable.ts";
import type { Subject } from "../../offchain/chain/history.ts";
import type { WeightedEvaluation } from "../../offchain/market/reputation.ts";
import { playerNamed, type Connected } from "./connection.ts";
import { InputError } from "./outcome.ts";
import { addressIn } from "./naming.ts";

const SESSION_WIDTH = 66;

/** An evaluation as it is listed. */
export interface ListedEvaluation {
  readonly evaluation: number;
  readonly block: number;
  readonly session: string;
  readonly rating: number;
  /** Whether its session took metered energy that was paid. */
  readonly earned: boolean;
  readonly credibilityBefore: number;
  readonly weight: number;
  readonly ratingAfter: number;
}

/**
 * The pile or the vehicle that the options name, by name or by address.
 * @throws InputError, StateError
 */
export async function subjectOf(
  connected: Connected,
  { pile, vehicle }: { readonly pile: string | undefined; readonly vehicle: string | undefined },
): Promise<Subject> {
  const named = pile ?? vehicle;
  if (named === undefined || (pile !== undefined && vehicle !== undefined)) {
    throw new InputError("name either --pile or --vehicle, by name or by address");
  }
  const kind = pile === undefined ? "vehicle" : "pile";
  const account =
    addressIn(kind, named) ?? (await playerNamed(connected, named, kind)).wallet.address;
  return { kind, account };
}

/** Evaluations as they are listed. */
export function listed(evaluations: readonly WeightedEvaluation[]): readonly ListedEvaluation[] {
  return evaluations.map((evaluation) => ({
    evaluation: Number(evaluation.id),
    block: evaluation.blockNumber,
    session: evaluation.session,
    rating: evaluation.rating,
    earned: evaluation.earned,
    credibilityBefore: evaluation.credibilityBefore,
    weight: evaluation.weight,
    ratingAfter: evaluation.ratingAfter,
  }));
}

/** The list as a table, newest first. */
export function historyText(heading: string, rows: readonly ListedEvaluation[]): string {
  return textTable(
    heading,
    [
      { head: "No." },
      { head: "Block" },
      { head: "Session", mostWide: SESSION_WIDTH },
      { head: "Rating" },
      { head: "Earned" },
      { head: "Credibility" },
      { head: "Weight" },
      { head: "Rating after" },
    ],
    rows.map((row) => [
      String(row.evaluation),
      String(row.block),
      row.session,
      String(row.rating),
      row.earned ? "yes" : "no",
      String(row.credibilityBefore),
      row.weight.toFixed(2),
      row.ratingAfter.toFixed(6),
    ]),
  );
}
