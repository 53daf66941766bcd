import { unsupported } from "../../../emulator/model/errors.ts";
import { templateError } from "../errors.ts";

/**
 * `count` blocks of IPv4 addresses, each with `bits` bits for its hosts, from the start of `block` upwards.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-cidr.html
 */
export function cidrBlocks(block: string, count: number, bits: number): string[] {
  if (block.includes(":")) throw unsupported("Fn::Cidr on IPv6");
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(block);
  const octets = match?.slice(1, 5).map(Number) ?? [];
  const mask = Number(match?.[5]);
  if (!match || octets.some((octet) => octet > 255) || mask > 32) {
    throw templateError(`Fn::Cidr: ${block} is not a valid CIDR block`);
  }
  if (!Number.isInteger(count) || count < 1 || count > 256 || !Number.isInteger(bits) || bits < 0 || bits > 32) {
    throw templateError("Fn::Cidr requires a count from 1 to 256 and CIDR bits from 1 to 32");
  }
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const start = address - (address % 2 ** (32 - mask));
  const size = 2 ** bits;
  if (count * size > 2 ** (32 - mask)) {
    throw templateError(`Fn::Cidr: ${block} has no room for ${count} blocks of ${bits} bits`);
  }
  return Array.from({ length: count }, (_each, index) => `${dotted(start + index * size)}/${32 - bits}`);
}

const dotted = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
