/** Answers `eth_maxPriorityFeePerGas` where the node does not. */
import { z } from "zod";
import type { NetworkHooks } from "hardhat/types/hooks";
import type { EthereumProvider } from "hardhat/types/providers";

const quantitySchema = z.string().regex(/^0x[0-9a-f]+$/i);
const blockSchema = z.object({ baseFeePerGas: quantitySchema.optional() });

export default async function hooks(): Promise<Partial<NetworkHooks>> {
  const handlers: Partial<NetworkHooks> = {
    onRequest: async (context, connection, request, next) => {
      const response = await next(context, connection, request);
      if (request.method !== "eth_maxPriorityFeePerGas" || !("error" in response)) return response;
      const fee = await priorityFeeWei(connection.provider);
      return { jsonrpc: "2.0", id: request.id, result: `0x${fee.toString(16)}` };
    },
  };
  return Promise.resolve(handlers);
}

/** What the node asks for gas beyond the base fee, in wei; never below 0. */
export async function priorityFeeWei(provider: Pick<EthereumProvider, "request">): Promise<bigint> {
  const asked: unknown = await provider.request({ method: "eth_gasPrice" });
  const block: unknown = await provider.request({
    method: "eth_getBlockByNumber",
    params: ["latest", false],
  });
  const { baseFeePerGas = "0x0" } = blockSchema.parse(block);
  const beyond = BigInt(quantitySchema.parse(asked)) - BigInt(baseFeePerGas);
  return beyond < 0n ? 0n : beyond;
}
