/**
 * The cloud of an auction on the command line: a matcher of another operator, with its own keys.
 */
import type { Address } from "../../offchain/core/messages/market.ts";
import { secondServerHere, type SecondServer } from "../../offchain/market/secondServer.ts";
import { serverStoresIn } from "../stores/servers.ts";
import { personPath, playerNamed, type Connected, type Player } from "./connection.ts";
import { InputError } from "./outcome.ts";

const FILE_END = ".json";

/**
 * The second server that is named.
 * @throws InputError for a name that nobody has, or that is no matcher's
 */
export async function secondNamed(connected: Connected, name: string): Promise<SecondServer> {
  if (!(await connected.state.has(personPath(name, "second")))) {
    const enrol = `npx hardhat identity enrol --as ${name} --kind matcher --operator NAME`;
    const got = `${connected.state.folder} knows nobody called ${name}`;
    throw new InputError(
      `--second: expected a matcher of another operator, ${got}: run \`${enrol}\``,
    );
  }
  const player = await playerNamed(connected, name, "second");
  if (player.person.kind !== "matcher") {
    const got = `${name} is a ${player.person.kind}`;
    throw new InputError(`--second: expected a matcher of another operator, ${got}`);
  }
  return secondOf(connected, player);
}

/** Whose keys the folder holds. @throws InputError if it holds none of that account */
export async function playerOfAccount(connected: Connected, account: Address): Promise<Player> {
  const files = await connected.state.list("people");
  for (const file of files.filter((name) => name.endsWith(FILE_END))) {
    const player = await playerNamed(connected, file.slice(0, -FILE_END.length));
    if (player.wallet.address === account) return player;
  }
  const where = `${connected.state.folder} does not hold its keys`;
  throw new InputError(
    `the auction's second server is ${account}, and ${where}: run it where they are`,
  );
}

/** The cloud of somebody whose keys the folder holds, outside of rounds. */
export function secondOf({ market, state }: Connected, { wallet }: Player): Promise<SecondServer> {
  const store = serverStoresIn(state).cloud;
  return secondServerHere({ account: wallet, store }, market.venue);
}
