/** What the authority's process keeps: which attempts it was asked about, in its folder. */
import type { DealerStore } from "../../parties/authority/dealerStore.ts";
import { attemptName, type ServiceFolder } from "../folder.ts";

export function dealerStoreIn(folder: ServiceFolder): DealerStore {
  return {
    takeQuestion: (attempt, server) => folder.take(`asked/${attemptName(attempt)}-${server}`),
  };
}
