/** A chain without randomness: blocks with the mix hash of a QBFT chain. */
import type { NetworkConnection } from "hardhat/types/network";
import type { Bytes32 } from "../../../offchain/core/messages/market.ts";

/** In every block of IBFT 2.0 and QBFT. */
export const ISTANBUL_DIGEST: Bytes32 =
  "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365";

/** Mines blocks whose mix hash everybody knows. */
export async function minePredictable(
  { provider }: NetworkConnection,
  blocks: number,
): Promise<void> {
  for (let k = 0; k < blocks; k += 1) {
    await provider.request({ method: "hardhat_setPrevRandao", params: [ISTANBUL_DIGEST] });
    await provider.request({ method: "hardhat_mine", params: ["0x1"] });
  }
}
