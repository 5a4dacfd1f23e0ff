/** `escrow approve-market`: a participant lets a later market in, or out again. */
import { getAddress, isAddress, ZeroAddress } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { approveLaterMarket, revokeLaterMarket } from "../../offchain/market/laterMarkets.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";

export interface EscrowApproveMarketArguments {
  readonly state: string;
  readonly as: string;
  readonly market: string;
  readonly revoke: boolean;
  readonly json: boolean;
}

export default function action(
  args: EscrowApproveMarketArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const gate = gateIn(args.market);
    const connected = await connect(hre, args.state);
    const { wallet } = await playerNamed(connected, args.as);
    const act = args.revoke ? revokeLaterMarket : approveLaterMarket;
    const { isApproved, ...facts } = await act(connected.market, wallet, gate);
    printFacts({ ...facts, approved: isApproved }, args.json);
  });
}

/** With checksum. @throws InputError for anything but an account */
function gateIn(text: string): string {
  if (isAddress(text) && getAddress(text) !== ZeroAddress) return getAddress(text);
  throw new InputError(`--market: expected the address of a later market's gate, got "${text}"`);
}
