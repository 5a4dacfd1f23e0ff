/** `auction public show`: what the chain says of an open auction. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { connect } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { knownPublic, publicFacts } from "../support/publicAuctions.ts";

export interface PublicShowArguments {
  readonly state: string;
  readonly auction: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: PublicShowArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const auction = await knownPublic(connected, args.auction);
    printFacts(await publicFacts(connected, auction), args.json);
  });
}
