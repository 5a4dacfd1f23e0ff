/**
 * What the `identity` tasks share: whom they are about, what the chain knows of them, and how the
 * authority acts on it.
 */
import type { Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { type Address } from "../../offchain/core/messages/market.ts";
import { type Market } from "../../offchain/chain/market.ts";
import { connect, playerNamed, type Connected } from "./connection.ts";
import { concluded, InputError, type Outcome } from "./outcome.ts";
import { moment, printFacts, type Facts } from "./print.ts";
import { signParticipantAct, type ParticipantAct } from "../../offchain/market/authorityActs.ts";
import { standingOf, type Standing } from "../../offchain/market/participants.ts";
import { participantActs } from "../stores/signedCalls.ts";
import { requireSigning, signedInFile, type SigningArguments } from "./signing.ts";
import { addressNamed } from "./naming.ts";

export interface StandingArguments {
  readonly state: string;
  readonly as: string | undefined;
  readonly account: string | undefined;
  readonly json: boolean;
}

export interface AuthorityArguments extends StandingArguments, SigningArguments {}

type AuthorityStep = (
  market: Market,
  authority: { readonly wallet: Signer },
  account: Address,
) => Promise<void>;

/** The authority acts on an account, and its standing is printed; or it signs that it does. */
export function standingStep(
  args: AuthorityArguments,
  hre: HardhatRuntimeEnvironment,
  name: ParticipantAct,
  step: AuthorityStep,
): Promise<Outcome> {
  return concluded(async () => {
    requireSigning(args);
    const connected = await connect(hre, args.state);
    const account = await accountOf(connected, args);
    const { market, authority } = connected;
    const { sign: file } = args;
    if (file === undefined) {
      await step(market, { wallet: await authority() }, account);
      printFacts(factsOf(await standingOf(market, account)), args.json);
      return;
    }
    const into = { file, files: participantActs };
    const signed = await signedInFile(connected, hre, args, into, (signer, deadline, earlier) =>
      signParticipantAct(market, signer, { name, account, deadline }, earlier),
    );
    printFacts({ act: name, account, ...signed }, args.json);
  });
}

/** The account that the options name. @throws InputError */
export async function accountOf(connected: Connected, args: StandingArguments): Promise<string> {
  const { account } = args;
  if (account !== undefined) {
    return addressNamed("account", account);
  }
  if (args.as === undefined) throw new InputError("name somebody with --as or --account");
  return (await playerNamed(connected, args.as)).wallet.address;
}

/** What the chain knows of an account, to be printed. */
export function factsOf({ authorisation, validUntil, ...standing }: Standing): Facts {
  const { freeUnits, lockedUnits, ...known } = standing;
  return {
    ...known,
    ...authorisation,
    validUntil: validUntil === null ? null : moment(validUntil),
    freeUnits,
    lockedUnits,
  };
}
