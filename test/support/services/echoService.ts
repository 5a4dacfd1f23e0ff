/** A service that does what it is told to: for tests of how services are called. */
import { z } from "zod";
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
