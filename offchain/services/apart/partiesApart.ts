/**
 * Authority, proxy and cloud apart, as whoever plays the day sees them: what is sent to the proxy
 * goes in as sealed boxes, decisions and sealed deliveries come out, and no secret of the three is
 * ever here.
 */
import { roundKeyFromJson, roundKeyToJson } from "../../core/messages/roundKey.ts";
import type { SignedUpload } from "../../core/messages/upload.ts";
import { uploadFromBytes } from "../../core/messages/uploadBytes.ts";
import { UploadError } from "../../core/messages/uploadError.ts";
import { hexToBytes } from "../../core/primitives/bytes.ts";
import type { AuctionParties } from "../../market/auctionParties.ts";
import type { SecondServer } from "../../market/secondServer.ts";
import { announcementOf } from "../../core/messages/announcedAuction.ts";
import {
  accountForm,
  boxForm,
  dealtKeyForm,
  modulusForm,
  nothingForm,
  openedForm,
  signatureForm,
  type ChainPlace,
} from "../forms.ts";
import { ServiceError } from "./process.ts";
import { serversApart, type ServersApart } from "./serversApart.ts";
import { startTrio, type Entries, type Trio } from "./trio.ts";

export interface ApartOptions {
  /** Each party has a folder of its own in it. */
  readonly folder: string;
  /** Where the cloud reads the chain. */
  readonly chain: ChainPlace;
  readonly entries?: Entries;
  /** For people: why a round is attempted again. */
  readonly say: (line: string) => void;
}

/** What the proxy opens it also keeps; ServiceErrors have the codes of what the parties throw. */
export interface PartiesApart extends AuctionParties, ServersApart {
  readonly trio: Trio;
  /** That uploads are sealed to; 0x-prefixed hexadecimal. */
  readonly proxySealKey: string;
  /** Ends the three processes. */
  readonly close: () => Promise<void>;
}

/** Starts the three processes. @throws ServiceError if one cannot start */
export async function partiesApart(options: ApartOptions): Promise<PartiesApart> {
  const { folder, chain, entries, say } = options;
  const trio = await startTrio(folder, chain, entries);
  const second = await secondServerOf(trio);
  const names = new WeakMap<SignedUpload, string>();
  const proxySealKey = trio.introductions().proxy.sealKey;
  const servers = serversApart({
    trio,
    nameOf: (signed) => {
      const name = names.get(signed);
      if (name !== undefined) return name;
      const message = `expected an upload that the proxy has opened, got one of ${signed.upload.account}`;
      throw new ServiceError("E_UPLOAD_UNKNOWN", "proxy", message);
    },
    onFailure: ({ round, attempt }, { code, message }) => {
      say(`round ${round}: attempt ${attempt} is given up (${code}): ${message}`);
    },
  });
  return {
    ...servers,
    trio,
    second,
    proxySealKey,
    close: trio.close,
    dealCommitments: async () => {
      const { authority } = await trio.ready();
      const { commitmentModulus } = await authority.call("dealCommitments", {}, modulusForm);
      return BigInt(commitmentModulus);
    },
    dealRoundKey: async (keyBits, { commitmentModulus, features, mode }) => {
      const { authority } = await trio.ready();
      const published = {
        keyBits,
        commitmentModulus: commitmentModulus.toString(),
        features,
        mode,
        proxySealKey,
      };
      const dealt = await authority.call("dealRoundKey", published, dealtKeyForm);
      const letter = { roundKey: dealt.roundKey, letter: dealt.toCloud };
      return {
        roundKey: roundKeyFromJson(dealt.roundKey),
        second,
        handOver: async () => {
          const { cloud } = await trio.ready();
          await cloud.call("takeKey", letter, nothingForm);
        },
      };
    },
    openBox: async ({ auctionId, roundKey }, box) => {
      requireBox(box);
      const given = { auctionId, roundKey: roundKeyToJson(roundKey), box };
      const { name, signed } = await againOnceEnded(async () => {
        const { proxy } = await trio.ready();
        return proxy.call("openBox", given, openedForm);
      });
      const upload = uploadFromBytes(roundKey, hexToBytes(signed));
      names.set(upload, name);
      return upload;
    },
  };
}

/** The cloud's process, outside of rounds. */
async function secondServerOf(trio: Trio): Promise<SecondServer> {
  const { cloud } = await trio.ready();
  const { account } = await cloud.call("account", {}, accountForm);
  const signed = async (asked: string, given: object): Promise<string> => {
    const ready = await trio.ready();
    return (await ready.cloud.call(asked, given, signatureForm)).signature;
  };
  return {
    account,
    serve: (matcher, auction) => {
      const { auctionId } = auction;
      return signed("serve", { matcher, auctionId, announcement: announcementOf(auction) });
    },
    notSelected: ({ deadline, ...content }) =>
      signed("notSelected", { ...content, deadline: deadline.toString() }),
  };
}

/**
 * What is no box does not reach the process: its sender alone is to suffer from it.
 * @throws UploadError E_UPLOAD_FORM
 */
function requireBox(box: string): void {
  if (boxForm.safeParse(box).success) return;
  const message = `openBox: expected a sealed box in hexadecimal, got other text of ${box.length} characters`;
  throw new UploadError("E_UPLOAD_FORM", message);
}

/** Acts once more if a process ends meanwhile: what has ended is started again. */
async function againOnceEnded<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ServiceError && error.code === "E_SERVICE_ENDED") return act();
    throw error;
  }
}
