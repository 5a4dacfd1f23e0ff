/** `market unpack`: takes what is new in a parcel, if it is its sender's to hand on. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { isParcelOf } from "../../offchain/core/messages/parcel.ts";
import { parcels, takeParcel } from "../stores/parcels.ts";
import { connectToKeep, type Connected } from "../support/connection.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { moment, printFacts } from "../support/print.ts";
import { senderOf } from "../support/senders.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { folderMatcherStore, noteLatestAuction } from "../stores/auctions.ts";
import { folderPublicBoard, noteLatestPublic } from "../stores/publicBoard.ts";

export interface MarketUnpackArguments {
  readonly state: string;
  readonly file: string;
  readonly json: boolean;
}

export default function action(
  args: MarketUnpackArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connectToKeep(hre, args.state);
    const { market } = connected;
    const parcel = await parcels.read(args.file);
    if (!isParcelOf(market.venue, parcel)) {
      const expected = `expected a parcel that ${parcel.from} has signed for this market`;
      throw new InputError(`--file: ${expected}: ask for it again`);
    }
    const sender = await senderOf(connected, parcel.from);
    const { news, passedOver } = await takeParcel(connected, sender, parcel);
    await noteLatest(connected, news);
    for (const path of passedOver) {
      process.stderr.write(`not taken: ${path}: of another account than whose name it is here\n`);
    }
    for (const path of news) process.stderr.write(`new: ${path}\n`);
    const facts = { sender: sender.account, roles: sender.roles };
    printFacts({ ...facts, packedAt: moment(parcel.packedAt), new: news.length }, args.json);
  });
}

/** Commands that name no auction mean the new one whose bidding ends last. */
async function noteLatest({ state }: Connected, news: readonly string[]): Promise<void> {
  const [matcher, board] = [folderMatcherStore(state), folderPublicBoard(state)];
  const sealed = await lastOf(
    news,
    /^auctions\/([^/]+)\/auction\.json$/,
    async (id) => (await matcher.announced(id))?.terms.biddingEnds,
  );
  if (sealed !== null) await noteLatestAuction(state, sealed);
  const open = await lastOf(
    news,
    /^public\/([^/]+)\/terms\.json$/,
    async (id) => (await board.published(id))?.biddingEnds,
  );
  if (open !== null) await noteLatestPublic(state, open);
}

async function lastOf(
  news: readonly string[],
  pattern: RegExp,
  endOf: (auctionId: Bytes32) => Promise<bigint | undefined>,
): Promise<Bytes32 | null> {
  const ids = news.flatMap((path) => pattern.exec(path)?.slice(1) ?? []);
  let last: { readonly id: Bytes32; readonly ends: bigint } | null = null;
  for (const id of ids) {
    const ends = (await endOf(id)) ?? 0n;
    if (last === null || ends > last.ends) last = { id, ends };
  }
  return last?.id ?? null;
}
