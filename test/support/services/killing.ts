/**
 * How a process of a round is ended at a chosen moment: a plan lies beside the folders of the
 * parties, one of them comes to the moment, takes the plan away and ends the process that it names,
 * itself or another.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { ServerIndex } from "../../../offchain/core/messages/attempt.ts";
import type { Dealer } from "../../../offchain/core/messages/dealtLetter.ts";
import type { Line } from "../../../offchain/parties/server/line.ts";
import type { PartyName } from "../../../offchain/services/apart/trio.ts";

/** Before an exchange of the line, or a letter of the authority, or after it. */
const planForm = z.strictObject({
  /** Who comes to the moment. */
  at: z.enum(["authority", "proxy", "cloud"]),
  /** Type of the frame; of a letter the server that it is for. */
  type: z.int(),
  /** Counts frames of that type in the attempt, from 0. */
  place: z.int(),
  when: z.enum(["before", "after"]),
  /** Who is ended. */
  pid: z.int(),
});
export type KillPlan = z.output<typeof planForm>;

const PLAN = "kill.json";
const countsForm = z.record(z.string(), z.int());

export function plan(root: string, what: KillPlan): void {
  // Whole or not at all: others look while it is written.
  writeFileSync(join(root, `${PLAN}.new`), JSON.stringify(what));
  renameSync(join(root, `${PLAN}.new`), join(root, PLAN));
}

/** A plan that nobody came to is taken back. @returns whether it was carried out */
export function wasCarriedOut(root: string): boolean {
  const isThere = existsSync(join(root, PLAN));
  rmSync(join(root, PLAN), { force: true });
  return !isThere;
}

/** How many frames of each type a party has exchanged in its last attempt. */
export function countsOf(root: string, party: PartyName): ReadonlyMap<number, number> {
  const counts = countsForm.parse(JSON.parse(readFileSync(join(root, `${party}.counts`), "utf8")));
  return new Map(Object.entries(counts).map(([type, count]) => [Number(type), count]));
}

/** A line on which the party of this folder comes to the moments of plans. */
export function killingLine(folder: string, at: PartyName, line: Line): Line {
  const counts = new Map<number, number>();
  return {
    ...line,
    exchange: async (type, stream, body) => {
      const place = counts.get(type) ?? 0;
      counts.set(type, place + 1);
      carryOut(folder, { at, type, place, when: "before" });
      const theirs = await line.exchange(type, stream, body);
      carryOut(folder, { at, type, place, when: "after" });
      return theirs;
    },
    end: () => {
      line.end();
      const file = join(dirname(folder), `${at}.counts`);
      writeFileSync(file, JSON.stringify(Object.fromEntries(counts)));
    },
  };
}

/** The same of a dealer, before it deals; after a letter, see `letterSent`. */
export function killingDealer(folder: string, dealer: Dealer): Dealer {
  return {
    letterFor: (server, attempt, amounts) => {
      carryOut(folder, { at: "authority", type: server, place: 0, when: "before" });
      return dealer.letterFor(server, attempt, amounts);
    },
  };
}

/** The moment after a letter: all of it is on its way. */
export function letterSent(folder: string, server: ServerIndex): void {
  carryOut(folder, { at: "authority", type: server, place: 0, when: "after" });
}

/** Whoever looks at the plan of another may find it taken away between two looks. */
function textOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

function carryOut(folder: string, moment: Omit<KillPlan, "pid">): void {
  const file = join(dirname(folder), PLAN);
  const text = textOf(file);
  if (text === null) return;
  const { pid, ...planned } = planForm.parse(JSON.parse(text));
  if (JSON.stringify(planned) !== JSON.stringify(moment)) return;
  rmSync(file);
  process.kill(pid, "SIGKILL");
  // Whoever ends itself does nothing more, however long the signal takes.
  while (pid === process.pid);
}
