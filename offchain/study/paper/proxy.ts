/**
 * Step 3 of the paper's flow: for every pair the proxy multiplies the ciphertexts of needs and
 * offers, equation (8), and divides all others, equation (9), a division being the modular inverse
 * and a multiplication. It holds no key. What it sends on is a function of what it got, without
 * fresh randomness: whoever saw the uploads recognises every result (P8), and nothing shows that an
 * upload was changed on its way (P5) or came from an earlier round (P7).
 */
import { add, type Ciphertext, subtract } from "../../core/primitives/paillier/publicKey.ts";
import {
  alignFeatures,
  type PaperBuyer,
  type PaperPair,
  type PaperSeller,
} from "./paperRecords.ts";

/**
 * C_a and C_d of a pair: 3 + K inverses, 3 + 2K multiplications. Run by the proxy.
 * @throws PaperError E_PAPER_FEATURES if the two have different numbers of features; PaillierError
 *   E_KEY_MISMATCH.
 */
export function pairUp(
  buyer: PaperBuyer<Ciphertext>,
  seller: PaperSeller<Ciphertext>,
): PaperPair<Ciphertext> {
  return {
    dxM: subtract(buyer.xM, seller.xM),
    dyM: subtract(buyer.yM, seller.yM),
    dPricePerKwh: subtract(buyer.pricePerKwh, seller.pricePerKwh),
    features: alignFeatures(buyer.features, seller.features, (ours, theirs) => ({
      sum: add(ours.need, theirs.offer),
      dPricePerKwh: subtract(ours.pricePerKwh, theirs.pricePerKwh),
    })),
  };
}
