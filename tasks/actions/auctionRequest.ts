/** `auction request`: a vehicle encrypts what it wants, commits to it and locks the deposit. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { requestCommitment } from "../../offchain/messages/market.ts";
import { signUpload, uploadHash, uploadToJson } from "../../offchain/messages/upload.ts";
import { systemRng } from "../../offchain/primitives/random.ts";
import { send } from "../../offchain/roles/chain.ts";
import { knownAuction } from "../support/auctions.ts";
import { connect, playerOfKind } from "../support/connection.ts";
import { featuresNeeded } from "../support/features.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { ensureStake } from "../support/stake.ts";

export interface AuctionRequestArguments {
  readonly state: string;
  readonly as: string;
  readonly auction: string | undefined;
  readonly x: number;
  readonly y: number;
  readonly maxPrice: bigint;
  readonly maxDistance: number;
  readonly needs: string;
  readonly json: boolean;
}

export default function action(
  args: AuctionRequestArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { market, state } = connected;
    const player = await playerOfKind(connected, args.as, "vehicle");
    const { auctionId, terms, publicKey, mode, path } = await knownAuction(connected, args.auction);
    const account = player.wallet.address;
    const clear = {
      position: { xM: args.x, yM: args.y },
      maxPricePerKwh: args.maxPrice,
      maxDistanceM: args.maxDistance,
      featureBids: featuresNeeded(args.needs),
    };
    const header = { auctionId, account, sealKey: player.person.sealPublicKey };
    const upload = mode.encryptRequest(header, publicKey, clear, systemRng);
    const signed = await signUpload(market.venue, upload, player.wallet);
    const commitment = requestCommitment(market.venue, auctionId, account, uploadHash(upload));

    const standing = await market.contracts.auctions.requestOf(auctionId, account);
    if (BigInt(standing) === 0n) await ensureStake(connected, player, terms.vehicleDeposit);
    await state.write(`${path}/requests/${commitment}.json`, uploadToJson(signed));
    await send(
      market,
      market.contracts.auctions.connect(player.wallet).request(auctionId, commitment),
    );
    printFacts(
      { auction: auctionId, vehicle: account, commitment, depositUnits: terms.vehicleDeposit },
      args.json,
    );
  });
}
