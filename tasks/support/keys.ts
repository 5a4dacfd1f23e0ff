/** Private keys that the environment or Hardhat's keystore holds, each under a name. */
import { isHexString, N } from "ethers";
import { configVariable } from "hardhat/config";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { InputError } from "./outcome.ts";

/** What the variable of somebody's key is called: `CHARGEVEIL_KEY_` and the name, in capitals. */
export function keyVariable(name: string): string {
  return `CHARGEVEIL_KEY_${name.toUpperCase().replaceAll("-", "_")}`;
}

/**
 * The key that is kept under a name, null if there is none. The environment goes before the
 * keystore.
 * @throws InputError for anything but a private key, without telling what it is
 */
export async function keyNamed(
  hre: HardhatRuntimeEnvironment,
  name: string,
): Promise<string | null> {
  const variable = keyVariable(name);
  const value = await hre.hooks.runHandlerChain(
    "configurationVariables",
    "fetchValue",
    [configVariable(variable, { default: "" })],
    () => Promise.resolve(process.env[variable] ?? ""),
  );
  if (value === "") return null;
  const key = value.startsWith("0x") ? value : `0x${value}`;
  if (isHexString(key, 32) && isPrivateKey(BigInt(key))) return key;
  throw new InputError(`${variable}: expected a private key, 0x and 64 hexadecimal digits`);
}

/** Zero, and what is not below the order of the curve, is nobody's key. */
function isPrivateKey(number: bigint): boolean {
  return number > 0n && number < N;
}
