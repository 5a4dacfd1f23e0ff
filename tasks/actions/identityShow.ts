/**
 * `identity show`: what the chain knows of a participant, and what it has in the escrow; and of
 * somebody in the state folder, the credential it has, which no chain knows.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { connect, personPath, type Connected } from "../support/connection.ts";
import { hasHolder, holderNamed } from "../stores/holders.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts, type Facts } from "../support/print.ts";
import { accountOf, factsOf, type StandingArguments } from "../support/standing.ts";
import { standingOf } from "../../offchain/market/participants.ts";

export default function action(
  args: StandingArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const credential = await credentialFacts(connected, args);
    const hasAccount = await isParticipant(connected, args);
    // A member need not take part under its own name: then there is no account to ask the chain
    // about.
    const isMemberOnly = credential !== null && !hasAccount;
    const standing = isMemberOnly
      ? {}
      : factsOf(await standingOf(connected.market, await accountOf(connected, args)));
    printFacts({ ...standing, ...credential }, args.json);
  });
}

function isParticipant({ state }: Connected, { as: name }: StandingArguments): Promise<boolean> {
  return name === undefined ? Promise.resolve(false) : state.has(personPath(name));
}

/** Null for who is no member in this folder, or is asked about by account. */
async function credentialFacts(
  connected: Connected,
  { as: name, account }: StandingArguments,
): Promise<Facts | null> {
  if (account !== undefined || name === undefined || !(await hasHolder(connected, name)))
    return null;
  const { memberId, joined } = await holderNamed(connected, name);
  return {
    memberId,
    credentialRole: joined?.role ?? null,
    credentialEpoch: joined?.epoch ?? null,
  };
}
