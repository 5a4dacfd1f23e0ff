/**
 * `identity trace open`: a tracer opens its part of a granted case. The part that makes the
 * threshold tells who it was: the opening is checked, the register says whose it is, and that
 * member's own signed request is checked as well.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { TracerShare } from "../../offchain/core/credential/tracers.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { caseIdOf, keepOpening, openedPartsIn, requestIn } from "../stores/cases.ts";
import { connectToKeep, type Connected } from "../support/connection.ts";
import {
  credentialsOf,
  registerOf,
  tracerShareOf,
  type MarketCredentials,
} from "../stores/credentials.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts, type Facts } from "../support/print.ts";
import { withRemedies } from "../support/remedies.ts";
import type { TraceCase } from "../../offchain/market/traceCases.ts";
import {
  type OpenedCase,
  openTrace,
  type TracedMember,
} from "../../offchain/market/traceOpening.ts";
import { pasteable } from "../support/hints.ts";

export interface IdentityTraceOpenArguments {
  readonly state: string;
  readonly case: string;
  readonly tracer: number;
  readonly json: boolean;
}

export default function action(
  args: IdentityTraceOpenArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connectToKeep(hre, args.state);
    const credentials = await credentialsOf(connected);
    const traced = await requestIn(connected, credentials, caseIdOf(args.case));
    const share = await tracerShareOf(connected, credentials, args.tracer);
    const opened = await openedBy(connected, credentials, share, traced);
    const { caseId } = traced;
    if (opened.found === null) {
      const { missing } = opened;
      const others = missing === 1 ? "one more tracer opens" : `${missing} more tracers open`;
      process.stderr.write(`opened in part; tells who it was when ${others} the same\n`);
    } else await keepOpening(connected, caseId, opened.found);
    const { parts } = opened;
    printFacts({ case: caseId, tracer: share.index, parts, ...factsOf(opened.found) }, args.json);
  });
}

async function openedBy(
  connected: Connected,
  credentials: MarketCredentials,
  share: TracerShare,
  traced: TraceCase,
): Promise<OpenedCase> {
  const tracer = { share, store: openedPartsIn(connected), rng: systemRng };
  const register = registerOf(connected, credentials);
  const { market } = connected;
  const opening = openTrace(market, credentials.parameters, tracer, register, traced);
  return withRemedies({ E_CASE: () => notGranted(connected, traced) }, opening);
}

function notGranted({ state }: Connected, { caseId }: TraceCase): string {
  const approve = pasteable(state, `identity trace approve --case ${caseId}`);
  const first = `the court has to approve of it first, with \`${approve}\``;
  return `case ${caseId} is not granted on chain for this presentation: ${first}`;
}

function factsOf(found: TracedMember | null): Facts {
  if (found === null) return { member: null };
  const { refusedParts, identifier, name, memberId, epoch } = found;
  return { refusedParts, identifier, member: name, memberId, signedRequestOfEpoch: epoch };
}
