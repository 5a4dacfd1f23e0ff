/** The entry of a worker thread: one function a job, by its name. */
import { jobs } from "./jobs.ts";

export const { encryptProven, signedHashes, refusedUploads, maskRecords, openRecords } = jobs;
