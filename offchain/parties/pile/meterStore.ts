/**
 * What a pile keeps about its meters: a simulated one is here with its key, its registers and its
 * pagination, where a real one is hardware; and the records that a meter has signed for a session,
 * until the pile has settled on them.
 */
import type { Signer } from "ethers";
import type { Bytes32 } from "../../core/messages/market.ts";
import type { SimulatedMeter } from "../../core/meter/simulatedMeter.ts";
import { memoryConfirmations, type ConfirmationStore } from "../owner/registerStore.ts";

export interface MeterStore extends ConfirmationStore {
  /** A meter as it is now. Undefined if the pile has none of this name. */
  readonly meterNamed: (name: string) => Promise<SimulatedMeter | undefined>;
  /** False if there is a meter of this name already, which stays. */
  readonly installMeter: (name: string, meter: SimulatedMeter) => Promise<boolean>;
  /**
   * The meter as it is after it has signed, if it still was as `before` when it is kept. False,
   * with nothing kept, if it has signed something else meanwhile: of two at once, one is first.
   */
  readonly keepMeter: (
    name: string,
    before: SimulatedMeter,
    after: SimulatedMeter,
  ) => Promise<boolean>;
  /** Records in OCMF, in their order. Undefined if none were signed for this session. */
  readonly recordsOf: (session: Bytes32) => Promise<readonly string[] | undefined>;
  readonly keepRecords: (session: Bytes32, records: readonly string[]) => Promise<void>;
}

/** A pile where it measures and settles. */
export interface MeterDesk {
  readonly wallet: Signer;
  readonly store: MeterStore;
}

/** In memory, for a pile that lives as long as its process. */
export function memoryMeters(): MeterStore {
  const meters = new Map<string, SimulatedMeter>();
  const records = new Map<Bytes32, readonly string[]>();
  return {
    ...memoryConfirmations(),
    meterNamed: (name) => Promise.resolve(meters.get(name)),
    installMeter: (name, meter) => {
      const isNew = !meters.has(name);
      if (isNew) meters.set(name, meter);
      return Promise.resolve(isNew);
    },
    keepMeter: (name, before, after) => {
      const isSame = meters.get(name)?.pagination === before.pagination;
      if (isSame) meters.set(name, after);
      return Promise.resolve(isSame);
    },
    recordsOf: (session) => Promise.resolve(records.get(session)),
    keepRecords: (session, signed) => {
      records.set(session, signed);
      return Promise.resolve();
    },
  };
}
