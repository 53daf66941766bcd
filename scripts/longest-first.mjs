import Sequencer from "@jest/test-sequencer";

/** The suites that take a minute or more on two cores. */
const LONGEST = [
  "event-source-mapping/property/streams.test.ts",
  "event-source-mapping/property/queues.test.ts",
  "e2e/permissions.test.ts",
  "conformance/clients/aws-cli-services.test.ts",
  "conformance/package/package.test.ts",
  "conformance/clients/kcl.test.ts",
  "conformance/clients/aws-cli-pipelines.test.ts",
  "conformance/durability/kill.test.ts",
  "e2e/cli.test.ts",
  "conformance/clients/boto3.test.ts",
  "conformance/clients/aws-cli.test.ts",
  "conformance/cdk/deploy.test.ts",
  "e2e/faults.test.ts",
  "producer/rate.test.ts",
];

/** Jest learns how long suites take from earlier runs, which a fresh clone has not: a long one that began last would be waited for alone. */
// eslint-disable-next-line import/no-default-export -- what Jest asks for
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = LONGEST.findIndex((suite) => path.endsWith(suite));
      return place < 0 ? LONGEST.length : place;
    };
    return super.sort(tests).toSorted((one, other) => rank(one) - rank(other));
  }
}
