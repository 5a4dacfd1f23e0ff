/**
 * `identity trace approve`: the court looks at what the case is about, and its word goes on chain.
 */
import type { Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { caseIdOf, requestIn } from "../stores/cases.ts";
import { connect, type Connected } from "../support/connection.ts";
import { credentialsOf } from "../stores/credentials.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { payerFor } from "../support/operator.ts";
import { printFacts } from "../support/print.ts";
import { signerNamed } from "../support/signers.ts";
import { approveTrace } from "../../offchain/market/traceCases.ts";

export interface IdentityTraceApproveArguments {
  readonly state: string;
  readonly as: string | undefined;
  readonly case: string;
  readonly json: boolean;
}

export default function action(
  args: IdentityTraceApproveArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { market } = connected;
    const caseId = caseIdOf(args.case);
    const court = await courtNamed(connected, hre, args.as);
    const credentials = await credentialsOf(connected);
    const traced = await requestIn(connected, credentials, caseId);
    const desk = { court, relay: await payerFor(hre, court) };
    const { presentationHash } = await approveTrace(market, credentials.parameters, desk, traced);
    printFacts({ case: caseId, presentationHash, granted: true }, args.json);
  });
}

/** The court's own account if nobody is named. @throws InputError for anybody else */
async function courtNamed(
  connected: Connected,
  hre: HardhatRuntimeEnvironment,
  named: string | undefined,
): Promise<Signer> {
  const { court } = connected.deployment;
  const signer = await signerNamed(connected, hre, named ?? court);
  const account = await signer.getAddress();
  if (account === court) return signer;
  throw new InputError(`--as: ${account} is not the court of this market: act as ${court}`);
}
