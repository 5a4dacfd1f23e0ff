/** Frozen standings: a round of three bids, what each pile is told, and the boxes. */
import { id as hashOfText } from "ethers";
import { sealNotice, standingLeaf } from "../../../../offchain/core/messages/standing.ts";
import { concatBytes, hexToBytes } from "../../../../offchain/core/primitives/bytes.ts";
import {
  generateSealKeyPair,
  open,
  type SealKeyPair,
} from "../../../../offchain/core/primitives/sealedBox.ts";
import { drawTranscript } from "../../matching/drawnTranscript.ts";
import { digits, DRAWS, drawsOf, type FrozenFile, hex, hexed } from "./form.ts";

const AUCTION = hashOfText("an auction");
const ROUND = 2n;
const BIDS = ["first", "second", "third"].map((name, k) => ({
  bidCommitment: hashOfText(`the ${name} bid`),
  leads: k !== 1,
}));

export async function standingVectors(): Promise<FrozenFile> {
  const pile = await generateSealKeyPair(drawsOf("seal key of a pile"));
  const { root, notices } = drawTranscript(AUCTION, ROUND, BIDS, drawsOf("transcript"));
  const sealKey = hex(pile.publicKey);
  const told = notices.map(async (notice, k) => {
    const box = await sealNotice(sealKey, notice, drawsOf(`notice ${k}`));
    const { leads, round, ...standing } = notice.standing;
    return {
      standing: { ...standing, leads, ...digits({ round }) },
      leaf: standingLeaf(notice.standing),
      proof: notice.proof,
      content: hex(await contentOf(pile, box)),
      box,
    };
  });
  return {
    what: "What three piles are told about round 2 of an auction: standings, leaves and their proofs under the root, the content of each notice and its box, all sealed to one key.",
    draws: `${DRAWS} Labels: frozen/seal key of a pile, transcript, notice 0 to 2.`,
    sealKeys: hexed({ publicKey: pile.publicKey, privateKey: pile.privateKey }),
    root,
    notices: await Promise.all(told),
  };
}

/** As the pile finds it in its box. */
function contentOf({ privateKey }: SealKeyPair, box: string): Promise<Uint8Array> {
  const info = new TextEncoder().encode("ChargeVeil.StandingNotice.v1");
  const aad = concatBytes(hexToBytes(AUCTION), Uint8Array.of(Number(ROUND)));
  return open(privateKey, hexToBytes(box), { info, aad });
}
