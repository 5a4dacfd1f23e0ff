/** Uploads as the proxy's process keeps them: opened once, and under their own round key alone. */
import { expect } from "chai";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sealUpload } from "../../../../offchain/core/messages/sealedUpload.ts";
import { systemRng } from "../../../../offchain/core/primitives/random.ts";
import { serviceFolder } from "../../../../offchain/services/folder.ts";
import type { OpenedFor } from "../../../../offchain/parties/proxy/openedUploads.ts";
import { uploadsIn, type Uploads } from "../../../../offchain/services/proxy/uploads.ts";
import { roundKeyOf, type RoundKey } from "../../../../offchain/core/messages/roundKey.ts";
import { bytesToHex } from "../../../../offchain/core/primitives/bytes.ts";
import { ownerWork } from "../../../../offchain/parties/owner/work.ts";
import { encryptRequest } from "../../../../offchain/parties/vehicle/trading.ts";
import {
  AUCTION_ID,
  CLEAR_REQUEST,
  dealtKey,
  headerOf,
  person,
  signedBy,
} from "../../../support/matching/crowdRound.ts";
import { asyncRefusal } from "../../../support/primitives/draws.ts";

describe("uploads of the proxy's process", () => {
  let root: string;
  let uploads: Uploads;
  let again: Uploads;
  let sentFor: OpenedFor;
  let other: OpenedFor;
  let box: string;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "uploads-"));
    const [proxy, owner] = [await person("proxy"), await person("owner")];
    const { numbers } = dealtKey();
    const sealedTo = { ...numbers, proxySealKey: bytesToHex(proxy.sealKeys.publicKey) };
    const roundKey: RoundKey = roundKeyOf(sealedTo);
    sentFor = { auctionId: AUCTION_ID, roundKey };
    const features = numbers.features + 1;
    other = { auctionId: AUCTION_ID, roundKey: roundKeyOf({ ...sealedTo, features }) };
    const { encryptProven } = ownerWork(systemRng);
    const upload = await encryptRequest(headerOf(owner), roundKey, CLEAR_REQUEST, encryptProven);
    box = await sealUpload(roundKey, await signedBy(owner, upload), systemRng);
    uploads = uploadsIn(serviceFolder(root), proxy.sealKeys);
    again = uploadsIn(serviceFolder(root), proxy.sealKeys);
  });

  after(() => rm(root, { recursive: true }));

  it("are opened once, however often they come at once", async () => {
    const found = await Promise.all(Array.from({ length: 8 }, () => uploads.take(sentFor, box)));
    expect(new Set(found.map(({ signed }) => signed)).size).to.equal(1);
    const { name, signed } = found[0] ?? expect.fail("nothing was found");
    expect(await uploads.named(sentFor, name)).to.equal(signed);
    expect(await again.named(sentFor, name)).to.deep.equal(signed);
    expect(await readdir(join(root, "uploads"))).to.deep.equal([`${name}.json`]);
  });

  it("are not answered under another round key", async () => {
    const { name } = await uploads.take(sentFor, box);
    for (const ask of [() => uploads.take(other, box), () => uploads.named(other, name)]) {
      expect(await asyncRefusal(ask)).to.equal("SealedBoxError E_AEAD");
    }
  });

  it("are not answered in another auction", async () => {
    const { name } = await uploads.take(sentFor, box);
    const elsewhere = { ...sentFor, auctionId: `0x${"11".repeat(32)}` } as const;
    const asked = () => uploads.named(elsewhere, name);
    expect(await asyncRefusal(asked)).to.equal("CallError E_UPLOAD_UNKNOWN");
  });

  it("are tried anew after they have not opened", async () => {
    const bad = `0x${"00".repeat(80)}`;
    for (let k = 0; k < 2; k += 1) {
      expect(await asyncRefusal(() => uploads.take(sentFor, bad))).to.equal(
        "SealedBoxError E_AEAD",
      );
    }
  });
});
