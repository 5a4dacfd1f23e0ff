/** The entry of a worker thread: one function a job, by its name. */
import { jobs } from "./jobs.ts";

export const { encryptProven, refusedUploads, maskRecords, openRecords, runBlock } = jobs;
