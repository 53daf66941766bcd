import type { InputOf } from "../../../emulator/model/sdk.ts";
import { integer, list, object, required, text, type Values } from "../../cloudformation/properties.ts";

const members = {
  CorsRules: required(
    list(
      object({
        AllowedHeaders: list(text()),
        AllowedMethods: required(list(text())),
        AllowedOrigins: required(list(text())),
        ExposedHeaders: list(text()),
        Id: text({ max: 255 }),
        MaxAge: integer({ min: 0 }),
      }),
      { max: 100 },
    ),
  ),
} as const;

/** The property CorsConfiguration of a bucket. */
export const corsProperty = object(members);

type Configuration = InputOf<"s3", "PutBucketCors">["CORSConfiguration"];

/** The same rules as S3's API takes them. */
export const corsConfigurationOf = ({ CorsRules }: Values<typeof members>): Configuration => ({
  CORSRules: CorsRules.map(({ AllowedMethods, AllowedOrigins, AllowedHeaders, ExposedHeaders, Id, MaxAge }) => ({
    AllowedMethods,
    AllowedOrigins,
    ...(AllowedHeaders && { AllowedHeaders }),
    ...(ExposedHeaders && { ExposeHeaders: ExposedHeaders }),
    ...(Id !== undefined && { ID: Id }),
    MaxAgeSeconds: MaxAge ?? 0,
  })),
});
