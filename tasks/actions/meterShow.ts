/** `meter show`: what the chain knows of a meter's key. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { accountOfPile, connect, type Connected } from "../support/connection.ts";
import { metersOf } from "../../offchain/market/meters.ts";
import { keyFacts, keyIdNamed, type NamedKeyArguments } from "../support/meters.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts, type Facts } from "../support/print.ts";

export interface MeterShowArguments extends NamedKeyArguments {
  readonly state: string;
  readonly json: boolean;
}

export default function action(
  args: MeterShowArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const alone = args.key === undefined && args.keyFile === undefined;
    const facts =
      args.pile !== undefined && alone
        ? await factsOfPile(connected, args.pile)
        : await keyFacts(connected, await keyIdNamed(connected, args));
    printFacts(facts, args.json);
  });
}

/** The key that was certified last, whatever became of it, and which others there are. */
async function factsOfPile(connected: Connected, named: string): Promise<Facts> {
  const pile = await accountOfPile(connected, named);
  const [latest, ...others] = await metersOf(connected.market, pile);
  if (latest === undefined)
    throw new InputError(
      `no meter is certified for pile ${pile}: run \`npx hardhat meter register\``,
    );
  const keysOf = (isRevoked: boolean): readonly string[] =>
    others.filter(({ revoked }) => revoked === isRevoked).map(({ keyId }) => keyId);
  return {
    ...(await keyFacts(connected, latest.keyId)),
    otherKeys: keysOf(false),
    revokedKeys: keysOf(true),
  };
}
