import type { ImageTagMutability, ImageTagMutabilityExclusionFilter } from "@aws-sdk/client-ecr";

export interface Repository {
  readonly name: string;
  readonly arn: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly mutability: ImageTagMutability;
  readonly mutabilityExceptions: readonly ImageTagMutabilityExclusionFilter[];
  readonly scanOnPush: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** As it was put. */
  readonly policy?: string;
  readonly lifecyclePolicy?: string;
}
