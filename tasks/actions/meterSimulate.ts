/**
 * `meter simulate`: a new meter in the state folder, which signs real OCMF. Nothing is certified by
 * it.
 */
import { chainKey, meterKeyId } from "../../offchain/core/meter/meterKey.ts";
import type { MeterCurve } from "../../offchain/core/meter/simulatedMeter.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { installMeter } from "../../offchain/market/metering.ts";
import { metersIn, publicPath } from "../stores/meterStore.ts";
import { stateIn } from "../stores/state.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";

export interface MeterSimulateArguments {
  readonly state: string;
  readonly meter: string | undefined;
  readonly curve: string;
  readonly json: boolean;
}

export default function action(args: MeterSimulateArguments): Promise<Outcome> {
  return concluded(async () => {
    const { state, meter: name, json } = args;
    if (name === undefined) {
      throw new InputError("--meter: expected a name for the meter, best that of its pile");
    }
    const curve = simulatedCurve(args.curve);
    const meter = await installMeter(metersIn(stateIn(state)), name, curve, systemRng);
    printFacts(
      {
        meter: name,
        serial: meter.serial,
        curve: meter.curve,
        key: meterKeyId(chainKey(meter.publicKey)),
        keyFile: `${state}/${publicPath(name)}`,
      },
      json,
    );
  });
}

function simulatedCurve(curve: string): MeterCurve {
  if (curve === "secp256r1" || curve === "secp256k1") return curve;
  throw new InputError(`--curve: expected secp256r1 or secp256k1, got ${curve}`);
}
