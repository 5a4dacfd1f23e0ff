/** A service as a child process of whoever plays the day: started, called, ended. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { z } from "zod";
import { answerForm, type Answer } from "../calls.ts";
import { jsonLine, jsonLines } from "../jsonLines.ts";

export interface ServiceEntry {
  /** For people. */
  readonly name: string;
  /** A TypeScript file: Node runs it as it is. */
  readonly entry: URL;
  /** The service's own, 0700; it is its only argument. */
  readonly folder: string;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Service {
  readonly name: string;
  readonly pid: number;
  readonly isRunning: () => boolean;
  /**
   * Calls the service and reads its answer; a list that it has handed over item by item stands in
   * the answer under its name.
   * @throws ServiceError: the service's own code and sentence, E_SERVICE_ENDED if it ends before it
   *   answers, E_SERVICE_ANSWER for an answer of another form; the signal's reason
   */
  readonly call: <Form extends z.ZodType>(
    name: string,
    given: object,
    answer: Form,
    options?: CallOptions,
  ) => Promise<z.output<Form>>;
  /** Ends the process and waits until it has ended. */
  readonly stop: () => Promise<void>;
}

/** What a service answered, or that it can answer no more; `code` is its own where it gave one. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly code: string;
  readonly service: string;
  /** The service was told by another, or left by it: that one knows why. */
  readonly fromPeer: boolean;

  constructor(code: string, service: string, message: string, fromPeer = false) {
    super(`${service}: ${message}`);
    this.code = code;
    this.service = service;
    this.fromPeer = fromPeer;
  }
}

interface Pending {
  readonly resolve: (done: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: CallOptions["onProgress"];
  readonly lists: Map<string, unknown[]>;
}

/** Who does not end by itself when it is told to is ended after this. */
const END_MS = 2_000;
/** As much of what a service says on stderr is kept for the error of its end. */
const LAST_WORDS_CHARACTERS = 2_000;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Starts the process; whether it runs, its first call shows. */
export function startService({ name, entry, folder }: ServiceEntry): Service {
  const child: Child = spawn(process.execPath, [fileURLToPath(entry), folder], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let ended: ServiceError | null = null;
  const lastWords = lastWordsOf(child.stderr);

  const endAll = (error: ServiceError): void => {
    ended ??= error;
    for (const { reject } of pending.values()) reject(ended);
    pending.clear();
  };
  const exited = once(child, "close").then(
    ([code, signal]) => {
      const how = `code ${String(code)}, signal ${String(signal)}`;
      endAll(
        new ServiceError("E_SERVICE_ENDED", name, `the process has ended (${how})${lastWords()}`),
      );
    },
    (error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      endAll(new ServiceError("E_SERVICE_START", name, `expected a process to start, got: ${why}`));
    },
  );
  // Who ends without ending the service does not leave it at work.
  const endWithParent = (): void => {
    child.kill("SIGKILL");
  };
  process.prependListener("exit", endWithParent);
  void exited.then(() => process.off("exit", endWithParent));
  // A pipe that breaks is the end of the process, which is told above.
  child.stdin.on("error", () => undefined);
  readAnswers(child, name, pending).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    endAll(new ServiceError("E_SERVICE_ANSWER", name, `expected answers to calls, got: ${why}`));
    child.kill("SIGKILL");
  });

  const call: Service["call"] = async (asked, given, answer, { signal, onProgress } = {}) => {
    signal?.throwIfAborted();
    const id = (lastId += 1);
    let alarm: NodeJS.Timeout | undefined;
    const abort = (): void => {
      child.stdin.write(jsonLine({ id, abort: true }));
      // The service ends its work in good order; who does not is not waited for.
      alarm = setTimeout(() => pending.get(id)?.reject(signal?.reason as Error), END_MS);
    };
    signal?.addEventListener("abort", abort, { once: true });
    try {
      const done = await new Promise<unknown>((resolve, reject) => {
        if (ended !== null) {
          reject(ended);
          return;
        }
        pending.set(id, { resolve, reject, onProgress, lists: new Map() });
        child.stdin.write(jsonLine({ id, call: asked, given }));
      });
      const parsed = answer.safeParse(done);
      if (parsed.success) return parsed.data;
      const where = parsed.error.issues[0]?.path.join(".") ?? "";
      const message = `${asked}: expected an answer of another form at "${where}"`;
      throw new ServiceError("E_SERVICE_ANSWER", name, message);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(alarm);
      pending.delete(id);
      signal?.removeEventListener("abort", abort);
    }
  };

  return {
    name,
    pid: child.pid ?? -1,
    isRunning: () => ended === null,
    call,
    stop: async () => {
      child.stdin.end();
      const alarm = setTimeout(() => child.kill("SIGKILL"), END_MS);
      await exited;
      clearTimeout(alarm);
    },
  };
}

async function readAnswers(
  { stdout }: Child,
  name: string,
  pending: Map<number, Pending>,
): Promise<void> {
  for await (const line of jsonLines(stdout)) {
    const answer = answerForm.parse(line);
    const waiting = pending.get(answer.id);
    if (waiting === undefined) continue;
    take(name, waiting, answer);
  }
}

function take(name: string, waiting: Pending, answer: Answer): void {
  const { resolve, reject, onProgress, lists } = waiting;
  if ("progress" in answer) onProgress?.(...answer.progress);
  else if ("part" in answer) {
    const { of, item } = answer.part;
    const list = lists.get(of) ?? [];
    list.push(item);
    lists.set(of, list);
  } else if ("failed" in answer) {
    const { code, message, fromPeer } = answer.failed;
    reject(new ServiceError(code, name, message, fromPeer));
  } else resolve(lists.size === 0 ? answer.done : withLists(answer.done, lists));
}

function withLists(done: unknown, lists: ReadonlyMap<string, readonly unknown[]>): unknown {
  return Object.assign(Object.fromEntries(lists), done);
}

/** The end of what is said on a stream, as part of a sentence. */
function lastWordsOf(stream: Readable): () => string {
  let said = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    said = (said + text).slice(-LAST_WORDS_CHARACTERS);
  });
  return () => (said.trim() === "" ? "" : `: ${said.trim()}`);
}
