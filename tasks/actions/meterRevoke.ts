/** `meter revoke`: the authority ends a key, for ever. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { send } from "../../offchain/chain/market.ts";
import { connect } from "../support/connection.ts";
import { keyIdNamed } from "../support/meters.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import type { MeterShowArguments } from "./meterShow.ts";

export default function action(
  args: MeterShowArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { market, operator } = connected;
    const { meters } = market.contracts;
    const keyId = await keyIdNamed(connected, args);
    await send(market, meters.connect(operator).revoke(keyId));
    // Perhaps before it was ever certified.
    const { pile, meter } = await meters.meterOf(keyId);
    const holder = meter.issue > 0n ? pile : null;
    printFacts({ key: keyId, pile: holder, revoked: meter.revoked }, args.json);
  });
}
