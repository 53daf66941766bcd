import type { Operation } from "../index.ts";
import { requireStage } from "../lookup.ts";
import { stageView } from "../views.ts";

/**
 * One stage.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetStage.html
 */
export const getStage: Operation<"GetStage"> = ({ store }, input) =>
  stageView(requireStage(store, input.restApiId, input.stageName));
