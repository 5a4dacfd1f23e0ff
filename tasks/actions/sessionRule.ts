/**
 * `session rule`: an arbiter signs what the pile gets of the metered amount. The signature that makes the quorum relays
 * the ruling. Signatures are kept by amount: arbiters who differ do not take each other's away.
 */
import type { Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Bytes32, Ruling } from "../../offchain/core/messages/market.ts";
import { quorumSignature, signRuling } from "../../offchain/core/messages/ruling.ts";
import { send } from "../../offchain/chain/market.ts";
import { connect, type Connected } from "../support/connection.ts";
import { decidedIn } from "../support/auctions.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import type { SessionArguments } from "../support/sessionStep.ts";
import { checkedSession, requireState, sessionFacts } from "../support/sessions.ts";
import { refusedBefore } from "../support/settlement.ts";
import { signerNamed } from "../support/signers.ts";
import { rulingsSchema } from "../stores/state.ts";

export interface SessionRuleArguments extends SessionArguments {
  readonly amount: bigint;
}

type Rulings = Readonly<Record<string, Readonly<Record<string, string>>>>;

export default function action(
  args: SessionRuleArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const arbiter = await arbiterNamed(connected, hre, args.as);
    const session = await disputedSession(connected, args);
    const ruling = { sessionId: session, amount: await amountWithin(connected, session, args) };
    const signatures = await addSignature(connected, arbiter, ruling);
    await relay(connected, ruling, signatures);
    printFacts(await sessionFacts(connected, session), args.json);
  });
}

/** A person of the state folder, or an account of the network, by its address. @throws InputError */
async function arbiterNamed(
  connected: Connected,
  hre: HardhatRuntimeEnvironment,
  named: string,
): Promise<Signer> {
  const signer = await signerNamed(connected, hre, named);
  const account = await signer.getAddress();
  if (connected.deployment.arbiters.includes(account)) return signer;
  throw new InputError(`--as: ${account} is not an arbiter of this market`);
}

/** The session named, or the one of the auction if it had no other. */
async function disputedSession(connected: Connected, args: SessionArguments): Promise<Bytes32> {
  if (args.session !== undefined) return checkedSession(args.session);
  const [match, ...others] = (await decidedIn(connected, args.auction)).matches;
  if (match !== undefined && others.length === 0) return match.decision;
  throw new InputError("name the session with --session");
}

async function amountWithin(
  { market }: Connected,
  session: Bytes32,
  { amount }: SessionRuleArguments,
): Promise<bigint> {
  const { state, amountDown } = await market.contracts.sessions.sessionOf(session);
  requireState(session, state, "disputed");
  if (amount < 0n) throw new InputError(`--amount: expected 0 or more, got ${amount}`);
  if (amount <= amountDown) return amount;
  throw refusedBefore("SessionRulingTooHigh", `amount ${amount}, metered ${amountDown}`);
}

/** Returns all signatures under this amount, by arbiter. */
async function addSignature(
  { market, state }: Connected,
  arbiter: Signer,
  ruling: Ruling,
): Promise<ReadonlyMap<string, string>> {
  const venue = { chainId: market.chainId, sessions: await market.contracts.sessions.getAddress() };
  const signature = await signRuling(arbiter, venue, ruling);
  const path = `rulings/${ruling.sessionId}.json`;
  const known: Rulings = (await state.has(path)) ? await state.read(path, rulingsSchema) : {};
  const amount = ruling.amount.toString();
  const signed = { ...known[amount], [await arbiter.getAddress()]: signature };
  await state.write(path, { ...known, [amount]: signed });
  return new Map(Object.entries(signed));
}

async function relay(
  { market, deployment, operator }: Connected,
  ruling: Ruling,
  signatures: ReadonlyMap<string, string>,
): Promise<void> {
  const missing = deployment.quorum - signatures.size;
  if (missing > 0) {
    const others = missing === 1 ? "one more arbiter signs" : `${missing} more arbiters sign`;
    process.stderr.write(`signed; rules when ${others} the same amount\n`);
    return;
  }
  const [[, alone] = ["", ""]] = signatures;
  const signature = deployment.arbiters.length === 1 ? alone : quorumSignature(signatures);
  await send(market, market.contracts.sessions.connect(operator).rule(ruling, signature));
}
