/** `market pack`: writes everything that somebody has to hand on into one signed file. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { signParcel } from "../../offchain/core/messages/parcel.ts";
import { filesToHand, PARCEL, parcels } from "../stores/parcels.ts";
import { connect } from "../support/connection.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { moment, printFacts } from "../support/print.ts";
import { senderOf } from "../support/senders.ts";
import { signerNamed } from "../support/signers.ts";

export interface MarketPackArguments {
  readonly state: string;
  readonly as: string;
  readonly out: string;
  readonly json: boolean;
}

export default function action(
  args: MarketPackArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { market, state } = connected;
    const signer = await signerNamed(connected, hre, args.as);
    const sender = await senderOf(connected, await signer.getAddress());
    const files = await filesToHand(connected, sender);
    const count = Object.keys(files).length;
    if (count === 0) {
      throw new InputError(`--as: ${args.as} has nothing to hand on in ${state.folder}`);
    }
    const packedAt = BigInt(await connected.now());
    const parcel = await signParcel(signer, market.venue, packedAt, files);
    await parcels.write(args.out, { parcel: PARCEL, ...parcel });
    const facts = { sender: sender.account, roles: sender.roles, files: count };
    printFacts({ ...facts, packedAt: moment(packedAt), parcel: args.out }, args.json);
  });
}
