/** `meter simulate`: a new meter in the state folder, which signs real OCMF. Nothing is certified by it. */
import { chainKey, meterKeyId } from "../../offchain/core/meter/meterKey.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { createMeter, publicPath } from "../stores/simulatedMeters.ts";
import { stateIn } from "../stores/state.ts";

export interface MeterSimulateArguments {
  readonly state: string;
  readonly meter: string | undefined;
  readonly curve: string;
  readonly json: boolean;
}

export default function action(args: MeterSimulateArguments): Promise<Outcome> {
  return concluded(async () => {
    if (args.meter === undefined) {
      throw new InputError("--meter: expected a name for the meter, best that of its pile");
    }
    const state = stateIn(args.state);
    const meter = await createMeter(state, args.meter, args.curve);
    printFacts(
      {
        meter: args.meter,
        serial: meter.serial,
        curve: meter.curve,
        key: meterKeyId(chainKey(meter.publicKey)),
        keyFile: `${args.state}/${publicPath(args.meter)}`,
      },
      args.json,
    );
  });
}
