/**
 * `session agree`: a party signs begin and end of the register. The second signature settles the session, for good and
 * without a record; both must be about the same registers.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Bytes32, Reading } from "../../offchain/core/messages/market.ts";
import { signReading } from "../../offchain/core/messages/reading.ts";
import { send } from "../../offchain/chain/market.ts";
import { connect, playerNamed, type Connected, type Player } from "../support/connection.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import type { SessionArguments } from "../support/sessionStep.ts";
import { sessionFacts, sessionOf } from "../support/sessions.ts";
import { readingSchema } from "../stores/state.ts";

export interface SessionAgreeArguments extends SessionArguments {
  readonly begin: bigint;
  readonly end: bigint;
}

type SignedReading = Reading & { readonly signatures: Readonly<Record<string, string>> };

const READING_SECONDS = 86_400;

export default function action(
  args: SessionAgreeArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const player = await playerNamed(connected, args.as);
    const session = await sessionOf(connected, player, args);
    await requireParty(connected, player, session);
    const reading = await readingFor(connected, session, args);
    const signed = await addSignature(connected, player, reading);
    await connected.state.write(readingPath(session), signed);

    const { vehicle, pile } = await connected.market.contracts.sessions.sessionOf(session);
    const { [vehicle]: byVehicle, [pile]: byPile } = signed.signatures;
    if (byVehicle === undefined || byPile === undefined) {
      const missing = byVehicle === undefined ? vehicle : pile;
      process.stderr.write(`signed; settles when ${missing} signs the same reading\n`);
    } else {
      const settle = connected.market.contracts.sessions.connect(player.wallet).settleAgreed;
      await send(connected.market, settle(signed, byVehicle, byPile));
    }
    printFacts(await sessionFacts(connected, session), args.json);
  });
}

async function requireParty(
  { market }: Connected,
  { wallet, person }: Player,
  session: Bytes32,
): Promise<void> {
  const { vehicle, pile } = await market.contracts.sessions.sessionOf(session);
  if (wallet.address === vehicle || wallet.address === pile) return;
  throw new InputError(`${person.name} is not a party of session ${session}`);
}

function readingPath(session: Bytes32): string {
  return `readings/${session}.json`;
}

/** The reading that the other party has signed, if its registers are the same; a new one otherwise. */
async function readingFor(
  { state, now }: Connected,
  session: Bytes32,
  { begin, end }: SessionAgreeArguments,
): Promise<SignedReading> {
  if (end < begin) throw new InputError(`--end: expected at least --begin ${begin}, got ${end}`);
  if (await state.has(readingPath(session))) {
    const known = await state.read(readingPath(session), readingSchema);
    if (known.beginWh === begin && known.endWh === end) return known;
    process.stderr.write(
      `an earlier reading, ${known.beginWh} to ${known.endWh} Wh, is replaced: the other party has to sign again\n`,
    );
  }
  const deadline = BigInt((await now()) + READING_SECONDS);
  return { sessionId: session, beginWh: begin, endWh: end, deadline, signatures: {} };
}

async function addSignature(
  { market }: Connected,
  { wallet }: Player,
  { signatures, ...reading }: SignedReading,
): Promise<SignedReading> {
  const sessions = await market.contracts.sessions.getAddress();
  const contract = { chainId: market.chainId, sessions };
  const signature = await signReading(wallet, contract, reading);
  return { ...reading, signatures: { ...signatures, [wallet.address]: signature } };
}
