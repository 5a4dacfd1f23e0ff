/** `auction request`: a vehicle encrypts what it wants, commits to it and locks the deposit. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { requestCommitment } from "../../offchain/core/messages/market.ts";
import { sealUpload } from "../../offchain/core/messages/sealedUpload.ts";
import { NO_SET, signUpload, uploadHash } from "../../offchain/core/messages/upload.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { send } from "../../offchain/chain/market.ts";
import { requestDeposit } from "../../offchain/chain/funds.ts";
import { encryptRequest } from "../../offchain/parties/vehicle/trading.ts";
import { onThisThread } from "../../offchain/market/work.ts";
import { cellsNamed } from "../support/areas.ts";
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
  readonly cells: string;
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
    const { auctionId, terms, area, roundKey, path } = await knownAuction(connected, args.auction);
    const account = player.wallet.address;
    const asked = {
      position: { xM: args.x, yM: args.y },
      maxPricePerKwh: args.maxPrice,
      maxDistanceM: args.maxDistance,
    };
    const clear = { ...asked, featureBids: featuresNeeded(args.needs) };
    const cells = cellsNamed(area, args.cells);
    const header = {
      auctionId,
      account,
      sealKey: player.person.sealPublicKey,
      setId: NO_SET,
      cells,
    };
    const { encryptProven } = onThisThread(systemRng);
    const upload = await encryptRequest(header, roundKey, clear, encryptProven);
    const signed = await signUpload(market.venue, upload, player.wallet);
    const commitment = requestCommitment(market.venue, auctionId, account, uploadHash(upload));

    const { auctions } = market.contracts;
    const standing = await auctions.requestOf(auctionId, account);
    if (BigInt(standing) === 0n) {
      await ensureStake(connected, player, await requestDeposit(market, account, terms));
    }
    await state.writeSecret(`${path}/wishes/${commitment}.json`, asked);
    const box = await sealUpload(roundKey, signed, systemRng);
    await state.write(`${path}/requests/${commitment}.json`, { box });
    await send(market, auctions.connect(player.wallet).request(auctionId, commitment));
    const depositUnits = await auctions.depositOf(auctionId, account);
    printFacts({ auction: auctionId, vehicle: account, commitment, depositUnits }, args.json);
  });
}
