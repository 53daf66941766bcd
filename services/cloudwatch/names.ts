interface Scope {
  readonly account: string;
  readonly region: string;
}

export const alarmArn = ({ account, region }: Scope, name: string): string =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;

export const insightRuleArn = ({ account, region }: Scope, name: string): string =>
  `arn:aws:cloudwatch:${region}:${account}:insight-rule/${name}`;

/** Dashboards belong to no region. */
export const dashboardArn = ({ account }: Pick<Scope, "account">, name: string): string =>
  `arn:aws:cloudwatch::${account}:dashboard/${name}`;
