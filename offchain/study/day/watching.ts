/** What a day shows of the end of a round: how far it is, and who took no part in it. */
import type { LeftOut } from "../../market/auction/roundInput.ts";
import type { Watch } from "../../market/watch.ts";
import type { DayContext } from "./context.ts";
import type { OpenAuction } from "./slotAuction.ts";

export function watchedBy({ progress, signal }: DayContext, auction: OpenAuction): Watch {
  const { slot, round } = auction;
  return {
    onProgress: (done, total) => {
      progress.update(`slot ${slot.index} round ${round} matching`, done, total);
    },
    signal,
  };
}

export function sayLeftOut(
  { progress }: DayContext,
  { slot }: OpenAuction,
  { missing, unread, notAdmitted }: LeftOut,
): void {
  const absent = missing.map(({ kind, account }) => `${account}: its ${kind} was not sent`);
  const upload = unread.map(({ kind, name, reason }) => `${kind} ${name}: ${reason}`);
  const sender = notAdmitted.map(({ account, reason }) => `${account}: ${reason}`);
  for (const left of [...absent, ...upload, ...sender]) {
    progress.say(`slot ${slot.index}: not admitted: ${left}`);
  }
}
