/** What the `identity` tasks share: whom they are about, what the chain knows of them, and how the authority acts on it. */
import { isAddress, type ContractTransactionResponse } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { roleOf } from "../../offchain/core/credential/attributes.ts";
import { PARTICIPANT_KINDS } from "../../offchain/core/messages/market.ts";
import { send } from "../../offchain/chain/market.ts";
import type { IdentityRegistry } from "../../types/ethers-contracts/index.js";
import { connect, playerNamed, type Connected } from "./connection.ts";
import { concluded, InputError, type Outcome } from "./outcome.ts";
import { moment, printFacts, type Facts } from "./print.ts";

export interface StandingArguments {
  readonly state: string;
  readonly as: string | undefined;
  readonly account: string | undefined;
  readonly json: boolean;
}

type AuthorityCall = (
  registry: IdentityRegistry,
  account: string,
) => Promise<ContractTransactionResponse>;

/** The authority makes one call about an account; then its standing is printed. */
export function standingStep(
  args: StandingArguments,
  hre: HardhatRuntimeEnvironment,
  call: AuthorityCall,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const account = await accountOf(connected, args);
    const { market, operator } = connected;
    await send(market, call(market.contracts.identities.connect(operator), account));
    printFacts(await standingOf(connected, account), args.json);
  });
}

/** The account that the options name. @throws InputError */
export async function accountOf(connected: Connected, args: StandingArguments): Promise<string> {
  const { account } = args;
  if (account !== undefined) {
    if (!isAddress(account)) throw new InputError("--account: expected an address");
    return account;
  }
  if (args.as === undefined) throw new InputError("name somebody with --as or --account");
  return (await playerNamed(connected, args.as)).wallet.address;
}

/** What the registry knows of an account. */
export async function standingOf({ market }: Connected, account: string): Promise<Facts> {
  const { identities, escrow } = market.contracts;
  const known = await identities.participantOf(account);
  const { free, locked } = await escrow.balanceOf(account);
  return {
    account,
    participantId: known.participantId,
    kind: PARTICIPANT_KINDS[Number(known.kind)] ?? "none",
    suspended: known.suspended,
    ratedPowerW: known.ratedPowerW,
    ...(known.authorised ? await authorisationFacts(identities, account) : {}),
    validUntil: known.validUntil === 0n ? null : moment(known.validUntil),
    freeUnits: free,
    lockedUnits: locked,
  };
}

/** By what an authorised account takes part. */
async function authorisationFacts(identities: IdentityRegistry, account: string): Promise<Facts> {
  const { scope, stationId, role, maxEnergyWh } = await identities.authorisationOf(account);
  return { scope, stationId, role: roleOf(Number(role)), maxEnergyWh };
}
