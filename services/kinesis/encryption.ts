import { unsupported } from "../../emulator/model/errors.ts";
import type { Stream } from "./model.ts";

const MANAGED_KEY = /^(arn:[\w-]+:kms:[\w-]+:\d{12}:)?alias\/aws\/kinesis$/;

/** There is no KMS: the key that AWS manages for Kinesis is the only one. @throws AwsError NotImplemented */
export function checkKey(keyId: string): void {
  if (!MANAGED_KEY.test(keyId)) throw unsupported(`The KMS key ${keyId}`);
}

/** The member of answers about records; nothing for a stream without encryption. */
export const encryptionMember = ({ encryptionKey }: Stream) =>
  encryptionKey === undefined ? {} : { EncryptionType: "KMS" as const };
