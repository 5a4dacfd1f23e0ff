/**
 * `session rule`: an arbiter signs what the pile gets of the metered amount. The signature that
 * makes the quorum relays the ruling.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { ruleOnSession } from "../../offchain/market/arbitration.ts";
import { rulingsIn } from "../stores/rulingStore.ts";
import { connectToKeep } from "../support/connection.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { payerFor } from "../support/operator.ts";
import { printFacts } from "../support/print.ts";
import { sessionFacts } from "../support/sessions.ts";
import type { SessionArguments } from "../support/sessionStep.ts";
import { signerNamed } from "../support/signers.ts";
import { onlySession } from "../support/namedSession.ts";
import { numberNamed, AMOUNT } from "../support/ranges.ts";

export interface SessionRuleArguments extends SessionArguments {
  readonly amount: string | undefined;
}

export default function action(
  args: SessionRuleArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const amountUnits = amountIn(args.amount);
    const connected = await connectToKeep(hre, args.state);
    const { market, deployment, state } = connected;
    const arbiter = await signerNamed(connected, hre, args.as);
    const session = await onlySession(connected, args);
    const desk = { arbiter, store: rulingsIn(state), relayer: await payerFor(hre, arbiter) };
    const missing = await ruleOnSession(market, deployment, desk, { session, amountUnits });
    if (missing > 0) {
      const others = missing === 1 ? "one more arbiter signs" : `${missing} more arbiters sign`;
      process.stderr.write(`signed; rules when ${others} the same amount\n`);
    }
    printFacts(await sessionFacts(connected, session, args), args.json);
  });
}

function amountIn(text: string | undefined): bigint {
  if (text !== undefined) return numberNamed("amount", text, AMOUNT);
  throw new InputError("--amount: say what the pile gets of the metered amount, in token units");
}
