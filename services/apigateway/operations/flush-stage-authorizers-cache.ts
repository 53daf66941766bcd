import type { Operation } from "../index.ts";
import { requireStage } from "../lookup.ts";

/**
 * Forgets what authorizers answered on a stage.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_FlushStageAuthorizersCache.html
 */
export const flushStageAuthorizersCache: Operation<"FlushStageAuthorizersCache"> = (
  { store, engine },
  { restApiId, stageName },
) => {
  requireStage(store, restApiId, stageName);
  engine.flushAuthorizers(restApiId, stageName);
  return {};
};
