/** `identity trace approve`: the court looks at what the case is about, and its word goes on chain. */
import type { Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { signTraceApproval } from "../../offchain/core/messages/traceApproval.ts";
import { send } from "../../offchain/chain/market.ts";
import { caseIdOf, caseOnChain, hashOf, requestIn } from "../stores/cases.ts";
import { connect, type Connected } from "../support/connection.ts";
import { credentialsOf } from "../stores/credentials.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { signerNamed } from "../support/signers.ts";

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
    const caseId = caseIdOf(args.case);
    const court = await courtNamed(connected, hre, args.as);
    const credentials = await credentialsOf(connected);
    const presentationHash = hashOf(await requestIn(connected, credentials, caseId));
    const { requested } = await caseOnChain(connected, caseId);
    if (requested !== null && requested !== presentationHash) {
      const hashes = `${requested} on chain, ${presentationHash} in the file`;
      throw new InputError(`case ${caseId} is about another presentation: ${hashes}`);
    }
    await approve(connected, court, { caseId, presentationHash });
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
  throw new InputError(`--as: ${account} is not the court of this market, which is ${court}`);
}

/** Relayed by the operator: what counts is the signature. */
async function approve(
  { market, operator }: Connected,
  court: Signer,
  approval: { readonly caseId: string; readonly presentationHash: string },
): Promise<void> {
  const { identities } = market.contracts;
  const registry = { chainId: market.chainId, identities: await identities.getAddress() };
  const signature = await signTraceApproval(court, registry, approval);
  const { caseId, presentationHash } = approval;
  const { grantTrace } = identities.connect(operator);
  await send(market, grantTrace(caseId, presentationHash, signature));
}
