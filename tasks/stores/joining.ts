/**
 * Requests to join and what the registrar answers, as files between a member and the registrar. An
 * answer shows whose a name is: both are for the two of them alone.
 */
import { z } from "zod";
import { ROLES } from "../../offchain/core/credential/attributes.ts";
import type { JoinLetter } from "../../offchain/core/credential/joinLetter.ts";
import { bytes32Form, hexForm } from "../../offchain/core/messages/forms.ts";
import { bytesToHex, hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import type { JoinAnswer } from "../../offchain/market/joining.ts";
import { signedFiles } from "./signedFiles.ts";

const letterForm = z.strictObject({ name: z.string(), request: hexForm, signature: hexForm });
const answerForm = z.strictObject({
  memberId: bytes32Form,
  name: z.string(),
  naming: hexForm,
  role: z.enum(ROLES),
  epoch: z.number().int().min(0),
  answer: hexForm,
});

const letters = signedFiles<z.infer<typeof letterForm>>(letterForm, {
  option: "--request",
  what: "request to join",
  remedy: "the member makes one with `identity ask`",
  isPrivate: true,
});
const answers = signedFiles<z.infer<typeof answerForm>>(answerForm, {
  option: "--answer",
  what: "answer of the registrar",
  remedy: "the authority makes one with `identity admit`",
  isPrivate: true,
});

/** What the registrar is asked for. */
export const joinLetters = {
  write: (file: string, { name, request, signature }: JoinLetter): Promise<void> =>
    letters.write(file, { name, request: bytesToHex(request), signature: bytesToHex(signature) }),
  /** @throws InputError */
  read: async (file: string): Promise<JoinLetter> => {
    const { name, request, signature } = await letters.read(file);
    return { name, request: hexToBytes(request), signature: hexToBytes(signature) };
  },
};

/** What it answers. */
export const joinAnswers = {
  write: (file: string, { naming, joined }: JoinAnswer): Promise<void> => {
    const { memberId, name, signature } = naming;
    const { answer, ...attributes } = joined;
    const signed = { naming: bytesToHex(signature), answer: bytesToHex(answer) };
    return answers.write(file, { memberId, name, ...attributes, ...signed });
  },
  /** @throws InputError */
  read: async (file: string): Promise<JoinAnswer> => {
    const { memberId, name, naming, answer, ...attributes } = await answers.read(file);
    return {
      naming: { memberId, name, signature: hexToBytes(naming) },
      joined: { ...attributes, answer: hexToBytes(answer) },
    };
  },
};
