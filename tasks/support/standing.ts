/** What `identity suspend` and `identity reinstate` share: whom they are about, and what they print. */
import type { Connected } from "./connection.ts";
import { playerNamed } from "./connection.ts";
import { InputError } from "./outcome.ts";
import type { Facts } from "./print.ts";
import { PARTICIPANT_KINDS } from "../../offchain/messages/market.ts";
import { moment } from "./print.ts";
import { isAddress } from "ethers";

export interface StandingArguments {
  readonly state: string;
  readonly as: string | undefined;
  readonly account: string | undefined;
  readonly json: boolean;
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
    validUntil: known.validUntil === 0n ? null : moment(known.validUntil),
    freeUnits: free,
    lockedUnits: locked,
  };
}
