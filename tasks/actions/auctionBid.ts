/** `auction bid`: a pile encrypts its offer and commits to it in the running round; its first bid locks the bond. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { sealUpload } from "../../offchain/core/messages/sealedUpload.ts";
import { NO_SET, signUpload } from "../../offchain/core/messages/upload.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { send } from "../../offchain/chain/market.ts";
import { prepareBid } from "../../offchain/parties/pile/trading.ts";
import { onThisThread } from "../../offchain/market/work.ts";
import { cellsNamed } from "../support/areas.ts";
import { knownAuction } from "../support/auctions.ts";
import { connect, playerOfKind } from "../support/connection.ts";
import { featuresOffered } from "../support/features.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { roundOf } from "../support/rounds.ts";
import { ensureStake } from "../support/stake.ts";

export interface AuctionBidArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly price: bigint;
  readonly cells: string;
  readonly json: boolean;
}

export default function action(
  args: AuctionBidArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { market, state } = connected;
    const player = await playerOfKind(connected, args.as, "pile");
    const { auctionId, terms, area, roundKey, path } = await knownAuction(connected, args.auction);
    const { site, sealPublicKey } = player.person;
    if (site === null) throw new InputError(`--as: ${args.as} has no certified site`);
    const account = player.wallet.address;
    const cells = cellsNamed(area, args.cells);
    const { round } = await roundOf(connected, auctionId);
    const bid = await prepareBid(
      market.venue,
      { auctionId, account, sealKey: sealPublicKey, setId: NO_SET, cells },
      roundKey,
      {
        position: { xM: site.xM, yM: site.yM },
        siteSalt: site.siteSalt,
        pricePerKwh: args.price,
        powerW: site.powerW,
        featureAsks: featuresOffered(site.powerW),
        salt: bytesToHex(systemRng.bytes(32)),
      },
      onThisThread(systemRng).encryptProven,
      round,
    );
    const signed = await signUpload(market.venue, bid.upload, player.wallet);

    const standing = await market.contracts.auctions.bidOf(auctionId, account);
    if (BigInt(standing) === 0n) await ensureStake(connected, player, terms.bidBond);
    // The salt is kept before the chain is told: a commitment that nobody can open is a bond lost.
    const { offer, commitment } = bid;
    await state.writeSecret(`${path}/bids/${commitment}.json`, { offer, round, commitment });
    const box = await sealUpload(roundKey, signed, systemRng);
    await state.write(`${path}/offers/${commitment}.json`, { box });
    await send(market, market.contracts.auctions.connect(player.wallet).bid(auctionId, commitment));
    printFacts(
      { auction: auctionId, round, pile: account, commitment, bondUnits: terms.bidBond },
      args.json,
    );
  });
}
