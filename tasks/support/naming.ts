/** Names, ids and addresses that options give, in the forms that they have everywhere. */
import { getAddress, isHexString, ZeroAddress } from "ethers";
import { bytes32Form } from "../../offchain/core/messages/forms.ts";
import type { Address, Bytes32 } from "../../offchain/core/messages/market.ts";
import { InputError } from "./outcome.ts";

const FILE_NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/i;

/** Whether a text has the form of an id. */
export function isId(text: string): boolean {
  return bytes32Form.safeParse(text).success;
}

/** The id that `--option` gives. @throws InputError for a text that is no id */
export function idNamed(option: string, text: string): Bytes32 {
  if (isId(text)) return text;
  const expected = "expected an id of 32 bytes, 0x and hexadecimal digits in lower case";
  throw new InputError(`--${option}: ${expected}, got "${text}"`);
}

/** The name that `--option` gives, if it can name a file. @throws InputError if it cannot */
export function fileNameOf(option: string, text: string): string {
  if (FILE_NAME.test(text)) return text;
  const expected = "expected a name of 1 to 32 letters, digits, - or _, a letter or digit first";
  throw new InputError(`--${option}: ${expected}, got "${text}"`);
}

/**
 * The address that `--option` gives, with its checksum.
 * @throws InputError for a text that is no address, or whose checksum does not fit
 */
export function addressNamed(option: string, text: string): Address {
  try {
    if (isHexString(text, 20)) return getAddress(text);
  } catch {
    const why = "its capitals are not those of its checksum: copy it again";
    throw new InputError(`--${option}: ${text} is mistyped, ${why}`);
  }
  const expected = "expected an address, 0x and 40 hexadecimal digits";
  throw new InputError(`--${option}: ${expected}, got "${text}"`);
}

/** The same of an account that is somebody's. @throws InputError for the address zero as well */
export function ownedAddressNamed(option: string, text: string): Address {
  const address = addressNamed(option, text);
  if (address !== ZeroAddress) return address;
  throw new InputError(`--${option}: expected an address that is not zero, got "${text}"`);
}

/** The account that `--option` gives by its address; null for a name. @throws InputError */
export function addressIn(option: string, text: string): Address | null {
  return isHexString(text, 20) ? addressNamed(option, text) : null;
}
