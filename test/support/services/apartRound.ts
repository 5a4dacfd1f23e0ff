/**
 * A round of a few people whose uploads have reached the process of the proxy, under a key that is
 * quick to use.
 */
import { id, type Signer } from "ethers";
import { sealKeyLetter } from "../../../offchain/core/messages/keyLetter.ts";
import {
  FIRST_ROUND,
  requestCommitment,
  type Bytes32,
  type Venue,
} from "../../../offchain/core/messages/market.ts";
import type { ClearOffer, ClearRequest } from "../../../offchain/core/messages/records.ts";
import {
  roundKeyOf,
  roundKeyToJson,
  type RoundKey,
} from "../../../offchain/core/messages/roundKey.ts";
import { sealUpload } from "../../../offchain/core/messages/sealedUpload.ts";
import {
  ANYWHERE,
  signUpload,
  uploadHash,
  type Upload,
  type UploadHeader,
} from "../../../offchain/core/messages/upload.ts";
import { bytesToHex, hexToBytes } from "../../../offchain/core/primitives/bytes.ts";
import { systemRng } from "../../../offchain/core/primitives/random.ts";
import type { SealKeyPair } from "../../../offchain/core/primitives/sealedBox.ts";
import type { MatchingInput } from "../../../offchain/market/matching.ts";
import { ownerWork } from "../../../offchain/parties/owner/work.ts";
import { prepareBid, type PreparedBid } from "../../../offchain/parties/pile/trading.ts";
import type { Submission } from "../../../offchain/parties/proxy/admission.ts";
import { encryptRequest } from "../../../offchain/parties/vehicle/trading.ts";
import type { PartiesApart } from "../../../offchain/services/apart/partiesApart.ts";
import { nothingForm } from "../../../offchain/services/forms.ts";
import { sentInput } from "../../../offchain/study/bench/benchRound.ts";
import { AREA, dealtKey } from "../matching/crowdRound.ts";

/** Somebody who sends an upload. */
export interface Sender {
  readonly wallet: Signer & { readonly address: string };
  readonly participantId: Bytes32;
  readonly sealKeys: SealKeyPair;
}

export interface Buyer extends Sender {
  readonly clear: ClearRequest;
}

export interface Seller extends Sender {
  readonly clear: ClearOffer;
}

/** Where people meet, and under which key. */
export interface Meeting {
  readonly venue: Venue;
  readonly auctionId: Bytes32;
  readonly roundKey: RoundKey;
}

/** A round, and what its owners keep of what they sent. */
export interface RoundApart {
  readonly input: MatchingInput;
  readonly bids: readonly PreparedBid[];
}

const { encryptProven } = ownerWork(systemRng);

/** The round key of the tests with the proxy's own seal key; the cloud gets its secret half. */
export async function keyApart({ trio, proxySealKey }: PartiesApart): Promise<RoundKey> {
  const { numbers, privateKey } = dealtKey();
  const roundKey = roundKeyOf({ ...numbers, proxySealKey });
  const { cloud } = trio.introductions();
  const letter = await sealKeyLetter(hexToBytes(cloud.sealKey), roundKey, privateKey, systemRng);
  const services = await trio.ready();
  const given = { roundKey: roundKeyToJson(roundKey), letter: bytesToHex(letter) };
  await services.cloud.call("takeKey", given, nothingForm);
  return roundKey;
}

/** Everybody sends an upload to the proxy. */
export async function roundApart(
  parties: PartiesApart,
  meeting: Meeting,
  buyers: readonly Buyer[],
  sellers: readonly Seller[],
): Promise<RoundApart> {
  const { venue, auctionId, roundKey } = meeting;
  const requests: Submission[] = [];
  for (const buyer of buyers) {
    const { wallet, clear } = buyer;
    const upload = await encryptRequest(headerOf(buyer, auctionId), roundKey, clear, encryptProven);
    const hash = uploadHash(upload);
    const commitment = requestCommitment(venue, auctionId, wallet.address, hash);
    const standing = { uploadHash: hash, commitment, round: FIRST_ROUND };
    requests.push(await sent(parties, meeting, buyer, upload, standing));
  }
  const offers: Submission[] = [];
  const bids: PreparedBid[] = [];
  for (const seller of sellers) {
    const header = headerOf(seller, auctionId);
    const bid = await prepareBid(venue, header, roundKey, seller.clear, encryptProven);
    bids.push(bid);
    offers.push(await sent(parties, meeting, seller, bid.upload, bid));
  }
  const input: MatchingInput = {
    ...meeting,
    round: 1n,
    seed: id("seed"),
    area: AREA,
    ...sentInput({ requests, offers }),
    secondServer: parties.second.account,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  };
  return { input, bids };
}

function headerOf({ wallet, sealKeys }: Sender, auctionId: Bytes32): UploadHeader {
  const sealKey = bytesToHex(sealKeys.publicKey);
  return { auctionId, account: wallet.address, sealKey, ...ANYWHERE };
}

async function sent(
  parties: PartiesApart,
  { venue, auctionId, roundKey }: Meeting,
  { wallet, participantId }: Sender,
  upload: Upload,
  { uploadHash: hash, commitment, round }: Omit<PreparedBid, "upload" | "offer">,
): Promise<Submission> {
  const box = await sealUpload(roundKey, await signUpload(venue, upload, wallet), systemRng);
  const signed = await parties.openBox({ auctionId, roundKey }, box);
  return { signed, participantId, uploadHash: hash, commitment, round };
}
