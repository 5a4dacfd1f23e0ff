/** `auction public invite`: a vehicle signs for a pile how far away it is; only that pile can bid with the signature. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { INVITATION_TYPES, openAuctionDomain } from "../../offchain/core/messages/typedData.ts";
import { accountOfPile, connect, playerOfKind, type Connected } from "../support/connection.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { knownPublic, openVenueOf } from "../support/publicAuctions.ts";

export interface PublicInviteArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly pile: string;
  readonly distance: number;
  readonly json: boolean;
}

export default function action(
  args: PublicInviteArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const vehicle = await playerOfKind(connected, args.as, "vehicle");
    const auction = await knownPublic(connected, args.auction);
    await requireHost(connected, auction.auctionId, vehicle.wallet.address, args.as);
    const pile = await accountOfPile(connected, args.pile);
    const distanceM = distanceWithin(args.distance, auction.terms.rule.maxDistanceM);

    const { auctionId, path } = auction;
    const domain = openAuctionDomain(openVenueOf(connected));
    const content = { auctionId, pile, distanceM };
    const signature = await vehicle.wallet.signTypedData(domain, INVITATION_TYPES, content);
    const invitation = { auctionId, pile, distanceM, signature };
    await connected.state.write(`${path}/invitations/${pile}.json`, invitation);
    printFacts({ auction: auctionId, pile, distanceM, signature }, args.json);
  });
}

/** An invitation of somebody else is worth nothing: said here rather than at the first bid. */
async function requireHost(
  { market }: Connected,
  auctionId: string,
  account: string,
  name: string,
): Promise<void> {
  const { vehicle } = await market.contracts.openAuctions.auctionOf(auctionId);
  if (vehicle !== account) {
    throw new InputError(`--as: auction ${auctionId} is not ${name}'s, only its vehicle invites`);
  }
}

function distanceWithin(distance: number, maxDistanceM: bigint): bigint {
  if (distance >= 0 && BigInt(distance) <= maxDistanceM) return BigInt(distance);
  throw new InputError(`--distance: expected 0 to ${maxDistanceM} m, got ${distance}`);
}
