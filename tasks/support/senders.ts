/** As what an account hands something on: what the chain and the deployment know of it. */
import type { Address } from "../../offchain/core/messages/market.ts";
import { standingOf } from "../../offchain/market/participants.ts";
import type { Sender, SenderRole } from "./handed.ts";
import type { Connected } from "./connection.ts";

export async function senderOf(
  { market, deployment }: Connected,
  account: Address,
): Promise<Sender> {
  const { kind, suspended } = await standingOf(market, account);
  const authority = await market.contracts.identities.authority();
  const roles: SenderRole[] = kind === "none" || suspended ? [] : [kind];
  if (authority === account) roles.push("authority");
  if (deployment.arbiters.includes(account)) roles.push("arbiter");
  return { account, roles };
}
