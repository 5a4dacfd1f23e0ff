/**
 * The processes of authority, proxy and cloud: started, introduced to each other, started again
 * when one has ended. Each has a folder of its own, where it finds its keys again.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { LOOPBACK, type Peer } from "../connection.ts";
import { introductionForm, nothingForm, type ChainPlace, type Introduction } from "../forms.ts";
import { ServiceError, startService, type Service } from "./process.ts";

export type PartyName = "authority" | "proxy" | "cloud";
/** Where the program of each party is. */
export type Entries = Readonly<Record<PartyName, URL>>;

export const ENTRIES: Entries = {
  authority: new URL("../authority/main.ts", import.meta.url),
  proxy: new URL("../proxy/main.ts", import.meta.url),
  cloud: new URL("../cloud/main.ts", import.meta.url),
};

export type Services = Readonly<Record<PartyName, Service>>;

export interface Trio {
  /**
   * All three, running and introduced; what has ended since is started again.
   * @throws ServiceError if one cannot start
   */
  readonly ready: () => Promise<Services>;
  /** What each has said of itself: keys stay the same, ports do not. */
  readonly introductions: () => Readonly<Record<PartyName, Introduction>>;
  /** Ends all three. */
  readonly close: () => Promise<void>;
}

interface Introduced {
  readonly service: Service;
  readonly introduction: Introduction;
}

const FOLDER = 0o700;
/** A process that takes longer to say who it is does not run. */
const START_MS = 30_000;

/**
 * Starts the three processes, their folders in `folder`; the cloud reads the chain at `chain`.
 * @throws ServiceError if one cannot start
 */
export async function startTrio(
  folder: string,
  chain: ChainPlace,
  entries: Entries = ENTRIES,
): Promise<Trio> {
  let running: Readonly<Record<PartyName, Introduced>> | null = null;
  const started: Service[] = [];

  const start = async (name: PartyName): Promise<Introduced> => {
    const own = join(folder, name);
    await mkdir(own, { recursive: true, mode: FOLDER });
    const service = startService({ name, entry: entries[name], folder: own });
    started.push(service);
    return { service, introduction: await introduced(service) };
  };
  const kept = (name: PartyName): Promise<Introduced> => {
    const known = running?.[name];
    return known?.service.isRunning() === true ? Promise.resolve(known) : start(name);
  };
  const bringUp = async (): Promise<Services> => {
    const [authority, proxy, cloud] = await Promise.all([
      kept("authority"),
      kept("proxy"),
      kept("cloud"),
    ]);
    const all = { authority, proxy, cloud };
    const isNew = Object.entries(all).some(([name, one]) => running?.[name as PartyName] !== one);
    if (isNew) await introduceAll(all, chain);
    running = all;
    return { authority: authority.service, proxy: proxy.service, cloud: cloud.service };
  };
  let bringingUp: Promise<Services> | null = null;
  // However many want to call somebody, what has ended is started again once.
  const ready = (): Promise<Services> => {
    bringingUp ??= bringUp().finally(() => {
      bringingUp = null;
    });
    return bringingUp;
  };
  const close = async (): Promise<void> => {
    await Promise.all(started.map((service) => service.stop()));
  };

  try {
    await ready();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ready,
    close,
    introductions: () => {
      if (running === null) throw new RangeError("introductions: expected three processes");
      const { authority, proxy, cloud } = running;
      return {
        authority: authority.introduction,
        proxy: proxy.introduction,
        cloud: cloud.introduction,
      };
    },
  };
}

async function introduced(service: Service): Promise<Introduction> {
  const late = AbortSignal.timeout(START_MS);
  try {
    return await service.call("introduce", {}, introductionForm, { signal: late });
  } catch (error) {
    if (!late.aborted) throw error;
    const message = `expected the process to start within ${START_MS} ms, it does not answer`;
    throw new ServiceError("E_SERVICE_START", service.name, message);
  }
}

/** Each learns the keys of those it has to do with, and where they listen. */
async function introduceAll(
  { authority, proxy, cloud }: Readonly<Record<PartyName, Introduced>>,
  chain: ChainPlace,
): Promise<void> {
  const servers = { proxy: publicKeys(proxy), cloud: publicKeys(cloud) };
  await Promise.all([
    authority.service.call("meet", servers, nothingForm),
    proxy.service.call("meet", { authority: peerOf(authority), cloud: peerOf(cloud) }, nothingForm),
    cloud.service.call(
      "meet",
      { authority: peerOf(authority), proxyLineKey: proxy.introduction.lineKey, chain },
      nothingForm,
    ),
  ]);
}

function publicKeys({ introduction: { lineKey, sealKey } }: Introduced): object {
  return { lineKey, sealKey };
}

function peerOf({ service: { name }, introduction: { lineKey, port } }: Introduced): Peer {
  if (port !== null) return { host: LOOPBACK, port, lineKey };
  throw new ServiceError("E_SERVICE_ANSWER", name, "expected a port that it listens on, got none");
}
