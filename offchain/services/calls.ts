/**
 * How the day and a service talk: calls and answers as JSON, one a line, over the pipes of a child
 * process. Whoever started a process is the only one at the other end. What travels here may be
 * read by whoever plays the day: secrets are sealed.
 *
 *   to the service    {"id":7,"call":"play","given":{…}}    {"id":7,"abort":true}
 *   from it           {"id":7,"progress":[3,12]}    {"id":7,"part":{"of":"matches","item":…}}    {"id":7,"done":…}
 *                     {"id":7,"failed":{"code":"E_…","message":"…","fromPeer":false}}
 */
import type { Writable } from "node:stream";
import { z } from "zod";
import { isCodedError } from "../core/primitives/codedError.ts";
import { isEcho } from "../parties/server/abortReason.ts";
import { jsonLine, jsonLines } from "./jsonLines.ts";

export class CallError extends Error {
  override readonly name = "CallError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What a call gets besides its arguments. */
export interface CallContext {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
  /** Says an item of a list of the answer ahead of the rest, which may be too long for one line. */
  readonly hand: (of: string, item: unknown) => void;
}

/** A call that a service answers; `act` gets what the form has let through. */
export interface Call {
  readonly answer: (given: unknown, context: CallContext) => Promise<unknown>;
}

/** A call with its form: what does not fit is refused before anything is done. */
export function call<Form extends z.ZodType>(
  form: Form,
  act: (given: z.output<Form>, context: CallContext) => Promise<unknown>,
): Call {
  return {
    answer: (given, context) => {
      const parsed = form.safeParse(given);
      if (parsed.success) return act(parsed.data, context);
      const { path = [], message = "" } = parsed.error.issues[0] ?? {};
      const where = path.length === 0 ? "" : ` at ${path.join(".")}`;
      throw new CallError("E_CALL_FORM", `expected a call of another form${where}: ${message}`);
    },
  };
}

const requestForm = z.union([
  z.strictObject({ id: z.int().min(0), call: z.string().max(64), given: z.unknown() }),
  z.strictObject({ id: z.int().min(0), abort: z.literal(true) }),
]);

export const answerForm = z.union([
  z.strictObject({ id: z.int().min(0), progress: z.tuple([z.int().min(0), z.int().min(0)]) }),
  z.strictObject({
    id: z.int().min(0),
    part: z.strictObject({ of: z.string().max(64), item: z.unknown() }),
  }),
  z.strictObject({ id: z.int().min(0), done: z.unknown() }),
  z.strictObject({
    id: z.int().min(0),
    failed: z.strictObject({ code: z.string(), message: z.string(), fromPeer: z.boolean() }),
  }),
]);
export type Answer = z.output<typeof answerForm>;
type Failure = Extract<Answer, { readonly failed: unknown }>["failed"];

/**
 * Answers calls until the other end closes.
 * @throws JsonLineError, CallError for what is no call
 */
export async function answerCalls(
  calls: Readonly<Record<string, Call>>,
  input: AsyncIterable<Uint8Array>,
  output: Writable,
): Promise<void> {
  const running = new Map<number, AbortController>();
  const say = (answer: Answer): void => {
    output.write(jsonLine(answer));
  };
  const run = async (id: number, name: string, given: unknown): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const known = Object.hasOwn(calls, name) ? calls[name] : undefined;
      if (known === undefined) {
        throw new CallError("E_CALL_UNKNOWN", `expected one of ${Object.keys(calls).join(", ")}`);
      }
      const context: CallContext = {
        signal: controller.signal,
        onProgress: (done, total) => {
          say({ id, progress: [done, total] });
        },
        hand: (of, item) => {
          say({ id, part: { of, item } });
        },
      };
      say({ id, done: (await known.answer(given, context)) ?? null });
    } catch (error) {
      say({ id, failed: failureOf(error) });
      if (!isCodedError(error)) throw error;
    } finally {
      running.delete(id);
    }
  };
  try {
    for await (const line of jsonLines(input)) {
      const request = requestOf(line);
      if ("abort" in request) running.get(request.id)?.abort(stopped());
      else if (running.has(request.id)) throw repeatedError(request.id);
      else void run(request.id, request.call, request.given);
    }
  } finally {
    for (const controller of running.values()) controller.abort(stopped());
  }
}

function requestOf(line: unknown): z.output<typeof requestForm> {
  const parsed = requestForm.safeParse(line);
  if (parsed.success) return parsed.data;
  throw new CallError("E_CALL_FORM", "expected a call or its abort, got another line");
}

function repeatedError(id: number): CallError {
  const message = `expected a call with a number of its own, got ${id}, which is not answered yet`;
  return new CallError("E_CALL_FORM", message);
}

/** Errors of this project name no secrets; others are accidents, and what they say stays here. */
function failureOf(error: unknown): Failure {
  if (isCodedError(error)) {
    return { code: error.code, message: error.message, fromPeer: isEcho(error) };
  }
  const message = "the service met a fault of its own and ends";
  return { code: "E_SERVICE_FAULT", message, fromPeer: false };
}

function stopped(): CallError {
  return new CallError("E_CALL_ABORTED", "the call was aborted from outside");
}
