/** `meter relay`: anybody sends the end of a key that the authority has signed. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { relayRevocation } from "../../offchain/market/authorityActs.ts";
import { registeredKey } from "../../offchain/market/meters.ts";
import { revocations } from "../stores/signedCalls.ts";
import { connect, playerNamed } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { requireFor } from "../support/signing.ts";

export interface MeterRelayArguments {
  readonly state: string;
  readonly as: string;
  readonly revocation: string;
  readonly json: boolean;
}

export default function action(
  args: MeterRelayArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { market } = connected;
    const { wallet } = await playerNamed(connected, args.as);
    const revocation = await revocations.read(args.revocation);
    const contract = await market.contracts.meters.getAddress();
    requireFor("--revocation", revocation, { chainId: market.chainId, contract });
    await relayRevocation(market, wallet, revocation);
    const { keyId, revoked } = await registeredKey(market, revocation.keyId);
    printFacts({ key: keyId, revoked }, args.json);
  });
}
