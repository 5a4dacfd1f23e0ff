/**
 * A chain in this process, for processes beside it to read: JSON-RPC over HTTP on this machine,
 * with the calls that read and no other.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import type { ChainProvider } from "../../chain/market.ts";
import { LOOPBACK } from "../connection.ts";

export interface ChainDoor {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const READING: readonly string[] = [
  "eth_blockNumber",
  "eth_call",
  "eth_chainId",
  "eth_getBlockByNumber",
  "eth_getLogs",
  "net_version",
];
/** Longer than any question about a round. */
const MOST_BYTES = 1_024 * 1_024;

const questionForm = z.object({
  id: z.union([z.int(), z.string()]),
  method: z.string(),
  params: z.array(z.unknown()).default([]),
});
type Question = z.output<typeof questionForm>;

/** Opens on a port that is free. */
export async function openChainDoor(chain: Pick<ChainProvider, "send">): Promise<ChainDoor> {
  const server = createServer((request, response) => {
    answered(chain, request).then(
      (body) => response.writeHead(200, { "content-type": "application/json" }).end(body),
      () => response.writeHead(400).end(),
    );
  });
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${LOOPBACK}:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function answered(
  chain: Pick<ChainProvider, "send">,
  request: IncomingMessage,
): Promise<string> {
  const asked: unknown = JSON.parse(await textOf(request));
  const many = z
    .union([z.array(questionForm), questionForm.transform((one) => [one])])
    .parse(asked);
  const answers = await Promise.all(many.map((question) => answerTo(chain, question)));
  return JSON.stringify(Array.isArray(asked) ? answers : answers[0]);
}

async function answerTo(
  chain: Pick<ChainProvider, "send">,
  { id, method, params }: Question,
): Promise<object> {
  const about = { jsonrpc: "2.0", id };
  if (!READING.includes(method)) {
    return { ...about, error: { code: -32_601, message: `${method} does not read` } };
  }
  try {
    return { ...about, result: await chain.send(method, params) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ...about, error: { code: -32_000, message } };
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new RangeError("chain door: expected a shorter question");
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
