/**
 * The authority as a process: it deals the modulus of commitments, round keys and the letters of
 * every attempt. What it keeps is its own keys and which attempts it has dealt; factors, primes and
 * seeds it forgets.
 */
import type { ServerIndex } from "../../core/messages/attempt.ts";
import type { Dealer } from "../../core/messages/dealtLetter.ts";
import { sealKeyLetter } from "../../core/messages/keyLetter.ts";
import { roundKeyToJson } from "../../core/messages/roundKey.ts";
import { bytesToHex, hexToBytes } from "../../core/primitives/bytes.ts";
import type { Rng } from "../../core/primitives/random.ts";
import { dealerFor } from "../../parties/authority/dealer.ts";
import { dealCommitments, dealRoundKey } from "../../parties/authority/dealing.ts";
import { call, CallError } from "../calls.ts";
import { serviceFolder } from "../folder.ts";
import {
  meetServersForm,
  nothingForm,
  roundKeyCallForm,
  type Introduction,
  type MetServers,
} from "../forms.ts";
import { ownKeys } from "../ownKeys.ts";
import type { RunningService } from "../runService.ts";
import { openCounter } from "./counter.ts";
import { dealerStoreIn } from "./store.ts";

export interface AuthorityOptions {
  readonly folder: string;
  readonly rng: Rng;
  /** How long one server's question waits for the other's. */
  readonly timeoutMs: number;
  /** Stands between the counter and the dealer. */
  readonly wrapDealer?: (dealer: Dealer) => Dealer;
  /** Called when a server's letter is on its way, whole. */
  readonly onSent?: (server: ServerIndex) => void;
}

/** The two servers, and who deals to them. */
interface Met {
  readonly servers: MetServers;
  readonly dealer: Dealer;
}

export async function authorityService(options: AuthorityOptions): Promise<RunningService> {
  const { rng, timeoutMs, wrapDealer = asItIs, onSent } = options;
  const folder = serviceFolder(options.folder);
  const { lineKeys, sealKeys } = await ownKeys(folder, rng);
  let met: Met | null = null;
  const known = (): Met => {
    if (met !== null) return met;
    throw new CallError("E_CALL_ORDER", "expected to meet the servers first");
  };
  const counter = await openCounter(lineKeys, {
    serverOf: (lineKey) => serverOf(met?.servers, lineKey),
    dealer: { letterFor: (...asked) => known().dealer.letterFor(...asked) },
    timeoutMs,
    onSent,
  });
  const introduction: Introduction = {
    lineKey: lineKeys.publicKey,
    sealKey: bytesToHex(sealKeys.publicKey),
    port: counter.port,
  };
  return {
    close: counter.close,
    calls: {
      introduce: call(nothingForm, () => Promise.resolve(introduction)),
      meet: call(meetServersForm, (servers) => {
        const sealTo = {
          proxy: hexToBytes(servers.proxy.sealKey),
          cloud: hexToBytes(servers.cloud.sealKey),
        };
        met = { servers, dealer: wrapDealer(dealerFor(sealTo, rng, dealerStoreIn(folder))) };
        return Promise.resolve({});
      }),
      dealCommitments: call(nothingForm, async () => ({
        commitmentModulus: (await dealCommitments(rng)).toString(),
      })),
      dealRoundKey: call(roundKeyCallForm, async ({ keyBits, commitmentModulus, ...rest }) => {
        const published = { ...rest, commitmentModulus: BigInt(commitmentModulus) };
        const { roundKey, privateKey } = await dealRoundKey(keyBits, published, rng);
        const { sealKey } = known().servers.cloud;
        const letter = await sealKeyLetter(hexToBytes(sealKey), roundKey, privateKey, rng);
        return { roundKey: roundKeyToJson(roundKey), toCloud: bytesToHex(letter) };
      }),
    },
  };
}

function asItIs(dealer: Dealer): Dealer {
  return dealer;
}

function serverOf(servers: MetServers | undefined, lineKey: string): ServerIndex | null {
  if (lineKey === servers?.proxy.lineKey) return 0;
  return lineKey === servers?.cloud.lineKey ? 1 : null;
}
