/**
 * What `market deploy` is told, and whether a market can stand on it: everything is asked of the
 * chain before anything is sent to it.
 */
import type { Provider } from "ethers";
import { USUAL_REPUTATION, type MarketTerms } from "../../offchain/chain/deployment/terms.ts";
import { tokenAt } from "../../offchain/chain/token.ts";
import type { Address } from "../../offchain/core/messages/market.ts";
import { arbitrationIn, WINDOW, type ArbitrationArguments } from "./arbitration.ts";
import { DEMO_CHAIN_ID } from "./demoClock.ts";
import { ownedAddressNamed } from "./naming.ts";
import { InputError } from "./outcome.ts";
import { requireWithin, REGISTER, AMOUNT } from "./ranges.ts";

export interface TermsArguments extends ArbitrationArguments {
  readonly token: string | undefined;
  readonly authority: string | undefined;
  readonly court: string | undefined;
  readonly authoriseSeconds: number;
  readonly plugInSeconds: number;
  readonly settleSeconds: number;
  /** What a session has to have been to earn; an amount of 0 for a tenth of the token. */
  readonly minEnergyWh: bigint;
  readonly minAmount: bigint;
  /** Whether nothing in this market is meant to be worth anything. */
  readonly demo: boolean;
}

/** What a later market takes over from the one on whose escrow it stands. */
export type Inherited = Pick<MarketTerms, "token" | "authority" | "court">;

/** All terms but those that hang on a token which may not be there yet. */
export interface CheckedTerms extends Omit<MarketTerms, "token" | "minAmountUnits"> {
  /** Null for a demo token, which is going to be deployed. */
  readonly token: Address | null;
  readonly minAmountUnits: bigint;
}

/** Decimals of the demo token. */
const DEMO_DECIMALS = 6n;
/** What an account of one person looks like that has lent itself code (EIP-7702). */
const DELEGATION_PREFIX = "0xef0100";

/**
 * @param operator who deploys; the authority, if nobody else is named
 * @param inherited of the market beside which this one is going to stand
 * @throws InputError for whatever no market can stand on
 */
export async function termsIn(
  args: TermsArguments,
  operator: Address,
  provider: Provider,
  inherited: Inherited | null = null,
): Promise<CheckedTerms> {
  const { chainId } = await provider.getNetwork();
  const isLocal = chainId === DEMO_CHAIN_ID;
  const isDemo = isLocal || args.demo;
  const { token, authority, court } = inherited === null ? named(args, operator) : inherited;
  if (inherited !== null) requireNoneNamed(args);
  const { disputeSeconds, arbitrationSeconds, arbiters, quorum } = arbitrationIn(args, isLocal);
  const windows = windowsIn(args);
  requireMinima(args);
  const decimals = await decimalsOf(token, isDemo, chainId, provider);
  if (!isDemo && inherited === null) await requireSeveralPeople(authority, chainId, provider);
  return {
    ...{ token, authority, court, arbiters, quorum },
    ...{ ...windows, disputeSeconds, arbitrationSeconds },
    minEnergyWh: args.minEnergyWh,
    minAmountUnits: args.minAmount || tenthOf(decimals),
    reputation: USUAL_REPUTATION,
  };
}

function named(args: TermsArguments, operator: Address) {
  const authority = accountIn("authority", args.authority) ?? operator;
  const court = accountIn("court", args.court) ?? authority;
  return { token: accountIn("token", args.token), authority, court };
}

/** @throws InputError for what is the earlier market's to say */
function requireNoneNamed(args: TermsArguments): void {
  for (const option of ["token", "authority", "court"] as const) {
    if (args[option] === undefined) continue;
    throw new InputError(`--${option}: with --beside it is that of the earlier market`);
  }
}

/** Null if none is named. @throws InputError for anything but an account */
function accountIn(option: string, text: string | undefined): Address | null {
  return text === undefined ? null : ownedAddressNamed(option, text);
}

function windowsIn({ authoriseSeconds, plugInSeconds, settleSeconds }: TermsArguments) {
  requireWithin("authorise-seconds", authoriseSeconds, WINDOW);
  requireWithin("plug-in-seconds", plugInSeconds, WINDOW);
  requireWithin("settle-seconds", settleSeconds, WINDOW);
  return { authoriseSeconds, plugInSeconds, settleSeconds };
}

/** @throws InputError for what the contract would not take */
function requireMinima({ minEnergyWh, minAmount }: TermsArguments): void {
  requireWithin("min-energy-wh", minEnergyWh, { ...REGISTER, least: 1 });
  requireWithin("min-amount", minAmount, AMOUNT);
}

/** @throws InputError for a token that is none, or a demo token where money is real */
async function decimalsOf(
  token: Address | null,
  isDemo: boolean,
  chainId: bigint,
  provider: Provider,
): Promise<bigint> {
  if (token === null) {
    if (isDemo) return DEMO_DECIMALS;
    const why = `anybody mints the demo token, and this is chain ${chainId}`;
    throw new InputError(`--token: ${why}: name an ERC-20 with --token, or say --demo`);
  }
  if ((await provider.getCode(token)) === "0x") {
    throw new InputError(`--token: there is no contract at ${token} on chain ${chainId}`);
  }
  return tokenAt(token, provider)
    .decimals()
    .catch(() => {
      const why = `the contract at ${token} does not tell its decimals`;
      throw new InputError(`--token: ${why}: name an ERC-20 that does`);
    });
}

/** @throws InputError for an authority that one stolen key makes another's */
async function requireSeveralPeople(
  authority: Address,
  chainId: bigint,
  provider: Provider,
): Promise<void> {
  const code = await provider.getCode(authority);
  if (code !== "0x" && !code.startsWith(DELEGATION_PREFIX)) return;
  const why = `${authority} is the key of one person, and this is chain ${chainId}`;
  throw new InputError(`--authority: ${why}: name a Safe or a quorum, or say --demo`);
}

/** A tenth of a whole token, in its units; at least one unit. */
function tenthOf(decimals: bigint): bigint {
  return decimals === 0n ? 1n : 10n ** (decimals - 1n);
}
