/** Many piles that may bid and have money. */
import { id, Wallet } from "ethers";
import { systemRng } from "../../../offchain/core/primitives/random.ts";
import { certify } from "../../../offchain/parties/authority/dealing.ts";
import { send } from "../../../offchain/chain/market.ts";
import { nowSeconds, type MarketWorld } from "./deployed.ts";

const FUNDS = 1_000_000_000n;
const GAS_MONEY_WEI = 10n ** 20n;

/** `count` piles beside those of the world, certified and with tokens in the escrow. */
export async function crowdOfPiles(world: MarketWorld, count: number): Promise<readonly Wallet[]> {
  const piles = Array.from({ length: count }, (_, k) => new Wallet(id(`crowd/${k}`)));
  for (const pile of piles) await settleIn(world, pile);
  return piles.map((pile) => pile.connect(world.market.provider));
}

async function settleIn(world: MarketWorld, { address }: Wallet): Promise<void> {
  const { market, authority, connection } = world;
  const { identities, token, escrow } = market.contracts;
  const now = await nowSeconds(world);
  const { certificate, signature } = await certify(
    authority,
    { chainId: market.chainId, identities: await identities.getAddress() },
    {
      account: address,
      participantId: id(`participant/${address}`),
      kind: "pile",
      pile: { kind: "private", ratedPowerW: 22_000, siteCommitment: id("a site") },
      operator: null,
    },
    { validUntil: now + 31_536_000, relayBy: now + 3_600 },
    systemRng,
  );
  await connection.networkHelpers.setBalance(address, GAS_MONEY_WEI);
  await send(market, identities.enrol(certificate, signature));
  await world.faucet(market, authority, FUNDS);
  await send(market, token.connect(authority).approve(await escrow.getAddress(), FUNDS));
  await send(market, escrow.connect(authority).deposit(address, FUNDS));
}
