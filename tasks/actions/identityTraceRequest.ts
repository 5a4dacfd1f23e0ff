/**
 * `identity trace request`: the authority or a station asks the court to let the person behind a
 * session's account be found. The chain gets the case and a hash; the presentation goes to court
 * and tracers alone.
 */
import { type Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Address } from "../../offchain/core/messages/market.ts";
import { caseIdOf, keepRequest, shownBy } from "../stores/cases.ts";
import { connectToKeep, playerNamed, type Connected } from "../support/connection.ts";
import { credentialsOf } from "../stores/credentials.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { requestTrace } from "../../offchain/market/traceCases.ts";
import { addressIn } from "../support/naming.ts";

export interface IdentityTraceRequestArguments {
  readonly state: string;
  readonly as: string | undefined;
  readonly session: string;
  readonly case: string;
  readonly json: boolean;
}

export default function action(
  args: IdentityTraceRequestArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connectToKeep(hre, args.state);
    const caseId = caseIdOf(args.case);
    const credentials = await credentialsOf(connected);
    const account = await accountOf(connected, args.session);
    const shown = await shownBy(connected, credentials, account);
    const requester = await requesterOf(connected, args.as);
    const traced = { caseId, shown };
    const { parameters } = credentials;
    const { presentationHash } = await requestTrace(
      connected.market,
      parameters,
      requester,
      traced,
    );
    await keepRequest(connected, caseId, shown);
    printFacts({ case: caseId, account, presentationHash, granted: false }, args.json);
  });
}

async function accountOf(connected: Connected, session: string): Promise<Address> {
  if (session === "") throw new InputError("--session: expected the name or account of a session");
  const address = addressIn("session", session);
  return address ?? (await playerNamed(connected, session, "session")).wallet.address;
}

/** The authority if nobody is named. */
async function requesterOf(connected: Connected, name: string | undefined): Promise<Signer> {
  return name === undefined ? connected.authority() : (await playerNamed(connected, name)).wallet;
}
