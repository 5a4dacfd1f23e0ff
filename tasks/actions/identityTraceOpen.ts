/**
 * `identity trace open`: a tracer opens its part of a granted case. The part that makes the threshold tells who it was: the
 * opening is checked, the register says whose it is, and that member's own signed request is checked as well.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { CredentialError } from "../../offchain/core/credential/credentialError.ts";
import type { TracerShare } from "../../offchain/core/credential/tracers.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { memberBehind } from "../../offchain/parties/authority/credentials.ts";
import {
  openingFrom,
  partOfTracer,
  type TraceRequest,
} from "../../offchain/parties/tracer/tracing.ts";
import { caseIdOf, keepPart, partsIn, requestIn } from "../stores/cases.ts";
import { connect, type Connected } from "../support/connection.ts";
import {
  credentialsOf,
  registerOf,
  tracerShareOf,
  type MarketCredentials,
} from "../stores/credentials.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts, type Facts } from "../support/print.ts";

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
    const connected = await connect(hre, args.state);
    const credentials = await credentialsOf(connected);
    const request = await requestIn(connected, credentials, caseIdOf(args.case));
    const { caseId } = request;
    const share = await tracerShareOf(connected, credentials, args.tracer);
    await keepPart(
      connected,
      caseId,
      share.index,
      await partOf(connected, credentials, share, request),
    );
    const parts = await partsIn(connected, caseId);
    const missing = credentials.published.threshold - parts.length;
    const found = missing > 0 ? NOBODY : await whoItWas(connected, credentials, request, parts);
    if (missing > 0) {
      const others = missing === 1 ? "one more tracer opens" : `${missing} more tracers open`;
      process.stderr.write(`opened in part; tells who it was when ${others} the same\n`);
    }
    printFacts({ case: caseId, tracer: share.index, parts: parts.length, ...found }, args.json);
  });
}

const NOBODY: Facts = { member: null };

async function partOf(
  { market }: Connected,
  { parameters }: MarketCredentials,
  share: TracerShare,
  request: TraceRequest,
): Promise<Uint8Array> {
  try {
    return await partOfTracer(market, parameters, share, request, systemRng);
  } catch (error) {
    if (!(error instanceof CredentialError) || error.code !== "E_CASE") throw error;
    const first = "the court has to approve of it first, with `npx hardhat identity trace approve`";
    throw new InputError(
      `case ${request.caseId} is not granted on chain for this presentation: ${first}`,
    );
  }
}

async function whoItWas(
  connected: Connected,
  credentials: MarketCredentials,
  request: TraceRequest,
  parts: readonly Uint8Array[],
): Promise<Facts> {
  const { parameters } = credentials;
  const { identifier, parts: valid, refused } = openingFrom(parameters, request, parts);
  const books = registerOf(connected, credentials);
  const { memberId, epoch } = memberBehind(parameters, books, identifier);
  const opening = { identifier, parts: valid.map(bytesToHex) };
  await connected.state.writeSecret(`cases/${request.caseId}/opening.json`, opening);
  return {
    refusedParts: refused.length,
    identifier,
    member: books.knownMember(memberId)?.name ?? null,
    memberId,
    // `memberBehind` has checked the signature, or it would not have said whose it is.
    signedRequestOfEpoch: epoch,
  };
}
