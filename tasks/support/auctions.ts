/** Which sealed auction a command is about. */
import type { AnnouncedAuction } from "../../offchain/core/messages/announcedAuction.ts";
import type { DecidedMatch } from "../../offchain/core/messages/delivery.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { decidedMatches } from "../../offchain/market/auction/decideAuction.ts";
import { knowAuction } from "../../offchain/market/auction/knownAuction.ts";
import { folderMatcherStore, latestAuctionIn } from "../stores/auctions.ts";
import type { Connected } from "./connection.ts";
import { pasteable } from "./hints.ts";
import { idNamed } from "./naming.ts";
import { InputError } from "./outcome.ts";

/**
 * The auction named, or the one opened last.
 * @param option by which it was named
 * @throws InputError if there is none; StepError unless the chain has these terms and they name
 *   this key and area; StateError, and as `roundKeyFromJson`, `areaFromJson`, for a file that is
 *   not what it should be
 */
export async function knownAuction(
  { market, state }: Pick<Connected, "market" | "state">,
  named: string | undefined,
  option = "auction",
): Promise<AnnouncedAuction> {
  const auctionId = named === undefined ? await latestIn(state) : idNamed(option, named);
  return knowAuction(market, folderMatcherStore(state), auctionId);
}

/**
 * The decisions of the auction named, or of the one opened last.
 * @throws StepError E_NOT_DECIDED; as `knownAuction`
 */
export async function decidedIn(
  connected: Pick<Connected, "market" | "state">,
  named: string | undefined,
): Promise<{ readonly auctionId: Bytes32; readonly matches: readonly DecidedMatch[] }> {
  const { auctionId } = await knownAuction(connected, named);
  return {
    auctionId,
    matches: await decidedMatches(folderMatcherStore(connected.state), auctionId),
  };
}

async function latestIn(state: Connected["state"]): Promise<Bytes32> {
  const latest = await latestAuctionIn(state);
  if (latest !== null) return latest;
  const open = pasteable(state, "auction open --as MATCHER");
  throw new InputError(
    `no auction in ${state.folder}: run \`${open}\` first, or unpack the matcher's parcel`,
  );
}
