import * as sdk from "@aws-sdk/client-ecr";
import type { Context } from "../../emulator/model/context.ts";
import type { OperationName } from "../../emulator/model/sdk.ts";
import { defineService, type Operation as ServiceOperation } from "../../emulator/model/service.ts";
import { access, policyOf } from "./access.ts";
import { constraints } from "./constraints.ts";
import { createRepository } from "./operations/create-repository.ts";
import { deleteLifecyclePolicy } from "./operations/delete-lifecycle-policy.ts";
import { deleteRepository } from "./operations/delete-repository.ts";
import { deleteRepositoryPolicy } from "./operations/delete-repository-policy.ts";
import { describeImages } from "./operations/describe-images.ts";
import { describeRepositories } from "./operations/describe-repositories.ts";
import { getLifecyclePolicy } from "./operations/get-lifecycle-policy.ts";
import { getRepositoryPolicy } from "./operations/get-repository-policy.ts";
import { listImages } from "./operations/list-images.ts";
import { listTagsForResource } from "./operations/list-tags-for-resource.ts";
import { putImageScanningConfiguration } from "./operations/put-image-scanning-configuration.ts";
import { putImageTagMutability } from "./operations/put-image-tag-mutability.ts";
import { putLifecyclePolicy } from "./operations/put-lifecycle-policy.ts";
import { setRepositoryPolicy } from "./operations/set-repository-policy.ts";
import { tagResource } from "./operations/tag-resource.ts";
import { untagResource } from "./operations/untag-resource.ts";
import { EcrStore } from "./store.ts";

export interface EcrState {
  store: EcrStore;
  engine: undefined;
}

export type EcrContext = Context<EcrState>;
export type Operation<N extends OperationName<"ecr">> = ServiceOperation<"ecr", N, EcrState>;

export const ecr = defineService<"ecr", EcrState>({
  name: "ecr",
  protocol: "json",
  target: "AmazonEC2ContainerRegistry_V20150921",
  sdk,
  access,
  resourcePolicy: policyOf,
  putSystemTags({ store }, arn, tags) {
    const repository = store.repositoryByArn(arn);
    store.put({ ...repository, tags: { ...repository.tags, ...tags } });
  },
  constraints,
  validationError: { code: "InvalidParameterException", status: 400 },
  store: (host, scope) => new EcrStore(host, scope),
  operations: {
    CreateRepository: createRepository,
    DeleteLifecyclePolicy: deleteLifecyclePolicy,
    DeleteRepository: deleteRepository,
    DeleteRepositoryPolicy: deleteRepositoryPolicy,
    DescribeImages: describeImages,
    DescribeRepositories: describeRepositories,
    GetLifecyclePolicy: getLifecyclePolicy,
    GetRepositoryPolicy: getRepositoryPolicy,
    ListImages: listImages,
    ListTagsForResource: listTagsForResource,
    PutImageScanningConfiguration: putImageScanningConfiguration,
    PutImageTagMutability: putImageTagMutability,
    PutLifecyclePolicy: putLifecyclePolicy,
    SetRepositoryPolicy: setRepositoryPolicy,
    TagResource: tagResource,
    UntagResource: untagResource,
  },
});
