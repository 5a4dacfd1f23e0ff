/** What the people of a state folder act with: their keys, and what the folder keeps for them. */
import type { OfferDesk } from "../../offchain/parties/pile/offerDesk.ts";
import { openingWith, type MatcherDesk } from "../../offchain/parties/proxy/matcherDesk.ts";
import type { RequestDesk } from "../../offchain/parties/vehicle/requestDesk.ts";
import type { PublicDesk } from "../../offchain/market/auction/publicAuction.ts";
import { onThisThread } from "../../offchain/market/work.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { folderBids, folderMatcherStore, folderWishes } from "../stores/auctions.ts";
import { folderPublicBoard } from "../stores/publicBoard.ts";
import type { Connected, Player } from "./connection.ts";
import { InputError } from "./outcome.ts";

export function requestDeskOf(connected: Connected, player: Player): RequestDesk {
  return { ...ownerDesk(connected, player), store: folderWishes(connected.state) };
}

/** @throws InputError for a pile without a certified site */
export function offerDeskOf(connected: Connected, player: Player): OfferDesk {
  const { name, site } = player.person;
  if (site === null)
    throw new InputError(
      `--as: ${name} has no certified site: enrol it as a pile under another name`,
    );
  const { xM, yM, siteSalt, powerW } = site;
  return {
    ...ownerDesk(connected, player),
    site: { position: { xM, yM }, siteSalt, powerW },
    store: folderBids(connected.state),
  };
}

export function matcherDeskOf({ state }: Connected, { wallet, sealKeys }: Player): MatcherDesk {
  return {
    wallet,
    store: folderMatcherStore(state),
    openBox: openingWith(sealKeys),
    rng: systemRng,
  };
}

export function publicDeskOf(connected: Connected, player: Player): PublicDesk {
  return {
    wallet: player.wallet,
    board: folderPublicBoard(connected.state),
    faucet: connected.faucet,
  };
}

type OwnerDesk = Omit<RequestDesk, "store">;

function ownerDesk(connected: Connected, player: Player): OwnerDesk {
  return {
    wallet: player.wallet,
    sealKeys: player.sealKeys,
    encryptProven: onThisThread(systemRng).encryptProven,
    sendUpload: folderMatcherStore(connected.state).leave,
    faucet: connected.faucet,
    rng: systemRng,
  };
}
