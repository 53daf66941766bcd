import type { InputOf } from "../../../emulator/model/sdk.ts";
import { choice, list, object, required, text, type Values } from "../../cloudformation/properties.ts";

const protocol = choice("http", "https");

const members = {
  IndexDocument: text(),
  ErrorDocument: text(),
  RedirectAllRequestsTo: object({ HostName: required(text()), Protocol: protocol }),
  RoutingRules: list(
    object({
      RedirectRule: required(
        object({
          HostName: text(),
          HttpRedirectCode: text(),
          Protocol: protocol,
          ReplaceKeyPrefixWith: text(),
          ReplaceKeyWith: text(),
        }),
      ),
      RoutingRuleCondition: object({ HttpErrorCodeReturnedEquals: text(), KeyPrefixEquals: text() }),
    }),
  ),
} as const;

/** The property WebsiteConfiguration of a bucket. */
export const websiteProperty = object(members);

type Configuration = InputOf<"s3", "PutBucketWebsite">["WebsiteConfiguration"];

/** The same configuration as S3's API takes it. */
export const websiteConfigurationOf = ({
  IndexDocument,
  ErrorDocument,
  RedirectAllRequestsTo,
  RoutingRules = [],
}: Values<typeof members>): Configuration => ({
  ...(IndexDocument !== undefined && { IndexDocument: { Suffix: IndexDocument } }),
  ...(ErrorDocument !== undefined && { ErrorDocument: { Key: ErrorDocument } }),
  ...(RedirectAllRequestsTo && { RedirectAllRequestsTo }),
  // S3 takes no empty list
  ...(RoutingRules.length > 0 && {
    RoutingRules: RoutingRules.map(({ RedirectRule, RoutingRuleCondition }) => ({
      Redirect: RedirectRule,
      ...(RoutingRuleCondition && { Condition: RoutingRuleCondition }),
    })),
  }),
});
