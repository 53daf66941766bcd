import { named } from "../describe.ts";
import type { Operation } from "../index.ts";

/**
 * Whether images are scanned when they are pushed. None is here.
 * @throws RepositoryNotFoundException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImageScanningConfiguration.html
 */
export const putImageScanningConfiguration: Operation<"PutImageScanningConfiguration"> = (ctx, input) => {
  const repository = ctx.store.repository(input);
  const scanOnPush = input.imageScanningConfiguration.scanOnPush ?? false;
  ctx.store.put({ ...repository, scanOnPush });
  return { ...named(ctx, repository), imageScanningConfiguration: { scanOnPush } };
};
