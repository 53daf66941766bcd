/** The definition of a rule of Contributor Insights over a log group: how often each value of the keys comes, unless said. */
export const logRule = (group: string, Contribution: object, more: object = {}) => ({
  Schema: { Name: "CloudWatchLogRule", Version: 1 },
  LogGroupNames: [group],
  LogFormat: "JSON",
  Contribution,
  AggregateOn: "Count",
  ...more,
});
