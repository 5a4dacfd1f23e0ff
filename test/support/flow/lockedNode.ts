/**
 * A way to a node as most nodes are: it signs for nobody. It may suggest no priority fee either,
 * and ask nothing for gas, as chains of a consortium do. And it breaks off when it is told to.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { z } from "zod";

export interface LockedNode {
  readonly url: string;
  /** Takes the next transaction, and breaks off before it has said so. */
  readonly loseNextAnswer: () => void;
  readonly stop: () => Promise<void>;
}

const callSchema = z.object({ id: z.number(), method: z.string() });
const bodySchema = z.union([callSchema, z.array(callSchema)]);
/** JSON-RPC's code of a method that is not there. */
const NO_METHOD = -32_601;

/** @param isFree whether gas costs nothing there */
export async function lockedNode(nodeUrl: string, isFree = false): Promise<LockedNode> {
  const missing = ["eth_sendTransaction", ...(isFree ? ["eth_maxPriorityFeePerGas"] : [])];
  const answers = new Map<string, unknown>([["eth_accounts", []]]);
  if (isFree) answers.set("eth_gasPrice", "0x0");

  const answer = async (
    { id, method }: z.infer<typeof callSchema>,
    call: unknown,
  ): Promise<unknown> => {
    if (missing.includes(method)) {
      return { jsonrpc: "2.0", id, error: { code: NO_METHOD, message: `no method ${method}` } };
    }
    if (answers.has(method)) return { jsonrpc: "2.0", id, result: answers.get(method) };
    const headers = { "content-type": "application/json" };
    const sent = await fetch(nodeUrl, { method: "POST", headers, body: JSON.stringify(call) });
    return (await sent.json()) as unknown;
  };

  let isLosing = false;
  const server = createServer((request, response) => {
    void buffer(request).then(async (body) => {
      const raw: unknown = JSON.parse(body.toString());
      const parsed = bodySchema.parse(raw);
      const given: unknown = Array.isArray(parsed)
        ? await Promise.all(parsed.map((one, i) => answer(one, (raw as readonly unknown[])[i])))
        : await answer(parsed, raw);
      if (isLosing && body.includes("eth_sendRawTransaction")) {
        isLosing = false;
        response.destroy();
        return;
      }
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(given));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const loseNextAnswer = (): void => {
    isLosing = true;
  };
  return { url: `http://127.0.0.1:${port}`, loseNextAnswer, stop: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
