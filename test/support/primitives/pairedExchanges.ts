/** Two ends of a line of words inside one process, of nothing but promises. */
import type { Exchange } from "../../../offchain/core/primitives/sharing/party.ts";

export function pairedExchanges(): readonly [Exchange, Exchange] {
  const [toSecond, toFirst] = [line(), line()];
  const end =
    (out: Line, into: Line): Exchange =>
    (_kind, mine) => {
      out.put(mine);
      return into.take();
    };
  return [end(toSecond, toFirst), end(toFirst, toSecond)];
}

interface Line {
  readonly put: (words: Uint32Array) => void;
  readonly take: () => Promise<Uint32Array>;
}

function line(): Line {
  const waiting: Uint32Array[] = [];
  let deliver: ((words: Uint32Array) => void) | null = null;
  return {
    put: (words) => {
      if (deliver === null) {
        waiting.push(words);
        return;
      }
      deliver(words);
      deliver = null;
    },
    take: () =>
      new Promise((resolve) => {
        const first = waiting.shift();
        if (first === undefined) deliver = resolve;
        else resolve(first);
      }),
  };
}
