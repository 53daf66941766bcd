import * as sdk from "@aws-sdk/client-ssm";
import type { Context } from "../../emulator/model/context.ts";
import type { OperationName } from "../../emulator/model/sdk.ts";
import { defineService, type Operation as ServiceOperation } from "../../emulator/model/service.ts";
import { access } from "./access.ts";
import { constraints } from "./constraints.ts";
import { addTagsToResource } from "./operations/add-tags-to-resource.ts";
import { deleteParameter } from "./operations/delete-parameter.ts";
import { deleteParameters } from "./operations/delete-parameters.ts";
import { describeParameters } from "./operations/describe-parameters.ts";
import { getParameter } from "./operations/get-parameter.ts";
import { getParameterHistory } from "./operations/get-parameter-history.ts";
import { getParameters } from "./operations/get-parameters.ts";
import { getParametersByPath } from "./operations/get-parameters-by-path.ts";
import { labelParameterVersion } from "./operations/label-parameter-version.ts";
import { listTagsForResource } from "./operations/list-tags-for-resource.ts";
import { putParameter } from "./operations/put-parameter.ts";
import { removeTagsFromResource } from "./operations/remove-tags-from-resource.ts";
import { unlabelParameterVersion } from "./operations/unlabel-parameter-version.ts";
import { SsmStore } from "./store.ts";

export interface SsmState {
  store: SsmStore;
  engine: undefined;
}

export type SsmContext = Context<SsmState>;
export type Operation<N extends OperationName<"ssm">> = ServiceOperation<"ssm", N, SsmState>;

export const ssm = defineService<"ssm", SsmState>({
  name: "ssm",
  protocol: "json",
  target: "AmazonSSM",
  sdk,
  constraints,
  access,
  refuses: { DescribeParameters: ["Filters"] },
  putSystemTags({ store }, arn, tags) {
    const path = arn.slice(arn.indexOf(":parameter/") + ":parameter".length);
    const parameter = store.find(path) ?? store.parameter(path.slice(1));
    const given = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    store.putTags(parameter.name, [...given, ...parameter.tags.filter(({ Key }) => !(Key in tags))]);
  },
  store: (host, scope) => new SsmStore(host, scope),
  operations: {
    AddTagsToResource: addTagsToResource,
    DeleteParameter: deleteParameter,
    DeleteParameters: deleteParameters,
    DescribeParameters: describeParameters,
    GetParameter: getParameter,
    GetParameterHistory: getParameterHistory,
    GetParameters: getParameters,
    GetParametersByPath: getParametersByPath,
    LabelParameterVersion: labelParameterVersion,
    ListTagsForResource: listTagsForResource,
    PutParameter: putParameter,
    RemoveTagsFromResource: removeTagsFromResource,
    UnlabelParameterVersion: unlabelParameterVersion,
  },
});
