export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export type ParameterKind = "String" | "StringList" | "SecureString";
export type Tier = "Standard" | "Advanced";

/** A version of a parameter. */
export interface ParameterVersion {
  readonly version: number;
  readonly type: ParameterKind;
  /** Encrypted (base64) where the type is SecureString. */
  readonly value: string;
  /** Of a SecureString. */
  readonly keyId?: string;
  readonly description?: string;
  readonly allowedPattern?: string;
  readonly tier: Tier;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
  /** The ARN of whoever put it. */
  readonly modifiedBy: string;
  readonly labels: readonly string[];
}

/** A parameter as it is kept: its versions are kept beside it. */
export interface Parameter {
  readonly name: string;
  readonly latest: number;
  readonly tags: readonly Tag[];
}

/** A parameter with one of its versions. */
export interface Found {
  readonly name: string;
  readonly version: ParameterVersion;
  readonly tags: readonly Tag[];
}
