/** `meter revoke`: the authority ends a key, for ever. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { revokeMeter } from "../../offchain/market/meters.ts";
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
    const keyId = await keyIdNamed(connected, args);
    const known = await revokeMeter(connected.market, await connected.operator(), keyId);
    // Perhaps before it was ever certified.
    const pile = known.issue > 0n ? known.pile : null;
    printFacts({ key: keyId, pile, revoked: known.revoked }, args.json);
  });
}
