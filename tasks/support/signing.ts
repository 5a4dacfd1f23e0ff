/** What the tasks share in which the authority signs instead of sending. */
import type { Signer } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { SignedAct } from "../../offchain/market/quorumSigning.ts";
import type { SignedFiles } from "../stores/signedFiles.ts";
import type { Connected } from "./connection.ts";
import { InputError } from "./outcome.ts";
import { moment, type Facts } from "./print.ts";
import { requireWithin } from "./ranges.ts";
import { withRemedies, type Remedies } from "./remedies.ts";
import { signerNamed } from "./signers.ts";

/** How an act of the authority is signed; it is sent where no file is named. */
export interface SigningArguments {
  /** File for what is signed, and for what others of a quorum add to it. */
  readonly sign: string | undefined;
  /** Who signs; by default the authority, or the operator as one of its members. */
  readonly by: string | undefined;
  readonly validSeconds: number;
}

/** At most thirty days: longer than anybody needs to bring a file to the chain. */
export const VALID_SECONDS = { least: 1, most: 30 * 86_400 };

const REMEDIES: Remedies = { E_ACT_TIME: ({ message }) => `--sign, --valid-seconds: ${message}` };

/** @throws InputError for options that do not go together, or a time out of range */
export function requireSigning({ sign, by, validSeconds }: SigningArguments): void {
  if (by !== undefined && sign === undefined) {
    throw new InputError("--by: only for what is signed: name the file with --sign");
  }
  requireWithin("valid-seconds", validSeconds, VALID_SECONDS);
}

type Signing<Signed> = (
  signer: Signer,
  deadline: bigint,
  earlier: Signed | null,
) => Promise<SignedAct<Signed>>;

/** Signs, adds to what the file holds of others, and says whether that is enough. */
export async function signedInFile<Signed extends { readonly deadline: bigint }>(
  connected: Connected,
  hre: HardhatRuntimeEnvironment,
  { by, validSeconds }: SigningArguments,
  { file, files }: { readonly file: string; readonly files: SignedFiles<Signed> },
  signing: Signing<Signed>,
): Promise<Facts> {
  const signer = await actingSigner(connected, hre, by);
  const deadline = BigInt((await connected.now()) + validSeconds);
  const earlier = await files.readIfThere(file);
  const { act, missing } = await withRemedies(REMEDIES, signing(signer, deadline, earlier));
  await files.write(file, act);
  sayMissing(missing, file);
  return { signedAct: file, missing, relayBefore: moment(act.deadline) };
}

/** Who is named by `--by`, or the authority. @throws StateError, InputError */
export function actingSigner(
  connected: Connected,
  hre: HardhatRuntimeEnvironment,
  by: string | undefined,
): Promise<Signer> {
  return by === undefined ? signerOfActs(connected) : signerNamed(connected, hre, by, "by");
}

/** Says on stderr what it takes yet that a file counts. */
export function sayMissing(missing: number, file: string): void {
  if (missing === 0) return;
  const others = missing === 1 ? "one more member signs" : `${missing} more members sign`;
  process.stderr.write(`signed; counts when ${others} into ${file}\n`);
}

/** For an authority that is a contract, the operator may be one of several who sign. */
async function signerOfActs({ market, authority, operator }: Connected): Promise<Signer> {
  const { provider, contracts } = market;
  const isContract = (await provider.getCode(await contracts.identities.authority())) !== "0x";
  return isContract ? operator() : authority();
}

/** @throws InputError for something signed for another contract or chain */
export function requireFor(
  option: string,
  signed: { readonly chainId: bigint; readonly contract: string },
  here: { readonly chainId: bigint; readonly contract: string },
): void {
  if (signed.chainId === here.chainId && signed.contract === here.contract) return;
  const got = `got one for ${signed.contract} on chain ${signed.chainId}`;
  const expected = `expected one for ${here.contract} on chain ${here.chainId}`;
  throw new InputError(`${option}: ${expected}, ${got}: name its market's folder with --state`);
}
