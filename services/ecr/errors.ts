import {
  ImageNotFoundException$,
  InvalidParameterException$,
  LifecyclePolicyNotFoundException$,
  RepositoryAlreadyExistsException$,
  RepositoryNotFoundException$,
  RepositoryPolicyNotFoundException$,
  TooManyTagsException$,
} from "@aws-sdk/client-ecr";
import { AwsError } from "../../emulator/model/errors.ts";

const inRegistry = (name: string, registryId: string): string =>
  `the repository with name '${name}' in the registry with id '${registryId}'`;

export const repositoryExists = (name: string, registryId: string) =>
  new AwsError(
    RepositoryAlreadyExistsException$,
    `The repository with name '${name}' already exists in the registry with id '${registryId}'`,
  );

export const repositoryNotFound = (name: string, registryId: string) =>
  new AwsError(
    RepositoryNotFoundException$,
    `The repository with name '${name}' does not exist in the registry with id '${registryId}'`,
  );

export const policyNotFound = (name: string, registryId: string) =>
  new AwsError(
    RepositoryPolicyNotFoundException$,
    `Repository policy does not exist for ${inRegistry(name, registryId)}`,
  );

export const lifecyclePolicyNotFound = (name: string, registryId: string) =>
  new AwsError(
    LifecyclePolicyNotFoundException$,
    `Lifecycle policy does not exist for ${inRegistry(name, registryId)}`,
  );

export const imageNotFound = (
  { imageDigest, imageTag }: { imageDigest?: string; imageTag?: string },
  name: string,
  registryId: string,
) =>
  new AwsError(
    ImageNotFoundException$,
    `The image with imageId {imageDigest:'${imageDigest ?? "null"}', imageTag:'${imageTag ?? "null"}'} does not exist ` +
      `within ${inRegistry(name, registryId)}`,
  );

export const invalidParameter = (parameter: string, constraint: string) =>
  new AwsError(
    InvalidParameterException$,
    `Invalid parameter at '${parameter}' failed to satisfy constraint: '${constraint}'`,
  );

export const tooManyTags = () => new AwsError(TooManyTagsException$, "A repository can have at most 50 tags.");
