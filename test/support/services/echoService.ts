/** A service that does what it is told to: for tests of how services are called. */
import { z } from "zod";
import { goneError } from "../../../offchain/parties/server/lineError.ts";
import { call, CallError } from "../../../offchain/services/calls.ts";
import { runService } from "../../../offchain/services/runService.ts";

await runService((folder) =>
  Promise.resolve({
    calls: {
      echo: call(z.strictObject({ text: z.string() }), ({ text }) =>
        Promise.resolve({ text, folder }),
      ),
      count: call(z.strictObject({ to: z.int() }), ({ to }, { onProgress }) => {
        for (let k = 1; k <= to; k += 1) onProgress(k, to);
        return Promise.resolve({});
      }),
      list: call(
        z.strictObject({ items: z.int(), bytes: z.int() }),
        ({ items, bytes }, { hand }) => {
          for (let k = 0; k < items; k += 1) hand("items", `${k}${" ".repeat(bytes)}`);
          return Promise.resolve({ isWhole: true });
        },
      ),
      shout: call(z.strictObject({ bytes: z.int() }), ({ bytes }) =>
        Promise.resolve({ text: "x".repeat(bytes) }),
      ),
      echoFailure: call(z.strictObject({}), () => Promise.reject(goneError())),
      refuse: call(z.strictObject({}), () =>
        Promise.reject(new CallError("E_REFUSED", "expected another day")),
      ),
      wait: call(
        z.strictObject({}),
        (_, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => {
              process.stderr.write("aborted\n");
              reject(signal.reason as Error);
            });
          }),
      ),
      die: call(z.strictObject({}), () => {
        process.kill(process.pid, "SIGKILL");
        return new Promise(() => undefined);
      }),
      break: call(z.strictObject({}), () => Promise.reject(new Error("secret of the service"))),
      babble: call(z.strictObject({}), () => {
        process.stdout.write("no answer\n");
        return new Promise(() => undefined);
      }),
    },
    close: () => Promise.resolve(),
  }),
);
