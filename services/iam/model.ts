export interface Tag {
  Key: string;
  Value: string;
}

/** A role as it is kept. Policy documents are the text that the client gave, unchanged. */
export interface Role {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly trustPolicy: string;
  readonly description?: string;
  readonly maxSessionSeconds: number;
  readonly tags: readonly Tag[];
  /** Inline policies by name. */
  readonly inline: Readonly<Record<string, string>>;
  /** ARNs of attached managed policies, in the order of attachment. */
  readonly attached: readonly string[];
  /** ARN of the managed policy that limits what the others can allow. */
  readonly boundary?: string | undefined;
}

export interface PolicyVersion {
  /** v1, v2, ... */
  readonly id: string;
  readonly document: string;
  readonly createdAt: number;
}

/** A managed policy of the account, or one of AWS's own. */
export interface ManagedPolicy {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly description?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly defaultVersion: string;
  readonly nextVersion: number;
  readonly versions: readonly PolicyVersion[];
  readonly tags: readonly Tag[];
}
