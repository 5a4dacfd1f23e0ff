/**
 * `meter rotate`: a pile gets another meter, or its meter another key. The new key is certified first and the old one
 * revoked then, so that an interruption leaves the pile with both and never with none.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { meterKeyId } from "../../offchain/core/meter/meterKey.ts";
import { send } from "../../offchain/chain/market.ts";
import { accountOfPile, connect } from "../support/connection.ts";
import {
  certifyKey,
  checkedKeyId,
  keyFacts,
  keyToCertify,
  meterOfPile,
  settlingKey,
} from "../support/meters.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import type { MeterRegisterArguments } from "./meterRegister.ts";

export interface MeterRotateArguments extends MeterRegisterArguments {
  /** Id of the old key. */
  readonly key: string | undefined;
}

export default function action(
  args: MeterRotateArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { market, operator } = connected;
    const { meters } = market.contracts;
    const key = await keyToCertify(connected, args);
    const pile = await accountOfPile(connected, args.pile);
    const old =
      args.key === undefined ? (await meterOfPile(connected, pile)).keyId : checkedKeyId(args.key);
    if ((await meters.meterOf(old)).pile !== pile) {
      throw new InputError(`--key: meter key ${old} is not certified for pile ${pile}`);
    }
    if (meterKeyId(settlingKey(key)) === old) {
      throw new InputError("the new key is the old one: renew it with `meter register`");
    }
    const { keyId } = await certifyKey(connected, key, args);
    await send(market, meters.connect(operator).revoke(old));
    printFacts({ ...(await keyFacts(connected, keyId)), revokedKey: old }, args.json);
  });
}
