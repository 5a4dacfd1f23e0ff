/** The authority's process. */
import { systemRng } from "../../core/primitives/random.ts";
import { SILENCE_MS } from "../line.ts";
import { runService } from "../runService.ts";
import { authorityService } from "./service.ts";

await runService((folder) => authorityService({ folder, rng: systemRng, timeoutMs: SILENCE_MS }));
