/** `session plug-in`: the vehicle says that it is plugged in, before the pile is ready or after. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { knownSession, plugInSession } from "../../offchain/market/sessions.ts";
import { moment } from "../support/print.ts";
import type { Outcome } from "../support/outcome.ts";
import { vehicleStep, type SignableSessionArguments } from "../support/sessionStep.ts";

export default function action(
  args: SignableSessionArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return vehicleStep(args, hre, "plugIn", async (market, vehicle, session) => {
    await plugInSession(market, vehicle, session);
    const { state, deadline } = await knownSession(market, session);
    if (state !== "opened") return;
    const late = `if it does not by ${moment(deadline)}, its bond is the vehicle's`;
    process.stderr.write(`plugged in: charging begins when the pile authorises; ${late}\n`);
  });
}
