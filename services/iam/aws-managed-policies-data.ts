// Emitted by scripts/aws-managed-policies.py from moto's copy; not edited by hand.
// oxfmt-ignore
export const documents = [
 {
  "name": "AWSLambdaBasicExecutionRole",
  "path": "/service-role/",
  "arn": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
  "version": "v1",
  "createdAt": "2015-04-09T15:03:43+00:00",
  "updatedAt": "2015-04-09T15:03:43+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:PutLogEvents"
     ],
     "Effect": "Allow",
     "Resource": "*"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AWSLambdaDynamoDBExecutionRole",
  "path": "/service-role/",
  "arn": "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole",
  "version": "v1",
  "createdAt": "2015-04-09T15:09:29+00:00",
  "updatedAt": "2015-04-09T15:09:29+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "dynamodb:DescribeStream",
      "dynamodb:GetRecords",
      "dynamodb:GetShardIterator",
      "dynamodb:ListStreams",
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:PutLogEvents"
     ],
     "Effect": "Allow",
     "Resource": "*"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AWSLambdaKinesisExecutionRole",
  "path": "/service-role/",
  "arn": "arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole",
  "version": "v2",
  "createdAt": "2015-04-09T15:14:16+00:00",
  "updatedAt": "2018-11-19T20:09:24+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "kinesis:DescribeStream",
      "kinesis:DescribeStreamSummary",
      "kinesis:GetRecords",
      "kinesis:GetShardIterator",
      "kinesis:ListShards",
      "kinesis:ListStreams",
      "kinesis:SubscribeToShard",
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:PutLogEvents"
     ],
     "Effect": "Allow",
     "Resource": "*"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AWSLambdaRole",
  "path": "/service-role/",
  "arn": "arn:aws:iam::aws:policy/service-role/AWSLambdaRole",
  "version": "v1",
  "createdAt": "2015-02-06T18:41:28+00:00",
  "updatedAt": "2015-02-06T18:41:28+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "lambda:InvokeFunction"
     ],
     "Effect": "Allow",
     "Resource": [
      "*"
     ]
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AWSLambdaSQSQueueExecutionRole",
  "path": "/service-role/",
  "arn": "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
  "version": "v1",
  "createdAt": "2018-06-14T21:50:45+00:00",
  "updatedAt": "2018-06-14T21:50:45+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:PutLogEvents"
     ],
     "Effect": "Allow",
     "Resource": "*"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AWSLambdaVPCAccessExecutionRole",
  "path": "/service-role/",
  "arn": "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
  "version": "v3",
  "createdAt": "2016-02-11T23:15:26+00:00",
  "updatedAt": "2024-01-05T22:38:26+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "ec2:CreateNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:DeleteNetworkInterface",
      "ec2:AssignPrivateIpAddresses",
      "ec2:UnassignPrivateIpAddresses"
     ],
     "Effect": "Allow",
     "Resource": "*",
     "Sid": "AWSLambdaVPCAccessExecutionPermissions"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AWSLambda_FullAccess",
  "path": "/",
  "arn": "arn:aws:iam::aws:policy/AWSLambda_FullAccess",
  "version": "v7",
  "createdAt": "2020-11-17T21:14:08+00:00",
  "updatedAt": "2026-02-12T18:00:51+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "cloudformation:DescribeStacks",
      "cloudformation:ListStackResources",
      "cloudwatch:ListMetrics",
      "cloudwatch:GetMetricData",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
      "kms:DescribeKey",
      "kms:ListAliases",
      "iam:GetPolicy",
      "iam:GetPolicyVersion",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListRolePolicies",
      "iam:ListRoles",
      "lambda:*",
      "logs:DescribeLogGroups",
      "states:DescribeStateMachine",
      "states:ListStateMachines",
      "tag:GetResources",
      "xray:GetTraceSummaries",
      "xray:BatchGetTraces"
     ],
     "Effect": "Allow",
     "Resource": "*"
    },
    {
     "Action": "iam:PassRole",
     "Condition": {
      "StringEquals": {
       "iam:PassedToService": "lambda.amazonaws.com"
      }
     },
     "Effect": "Allow",
     "Resource": "*"
    },
    {
     "Action": [
      "logs:DescribeLogStreams",
      "logs:GetLogEvents",
      "logs:FilterLogEvents",
      "logs:StartLiveTail",
      "logs:StopLiveTail"
     ],
     "Effect": "Allow",
     "Resource": "arn:aws:logs:*:*:log-group:/aws/lambda/*"
    },
    {
     "Action": "iam:CreateServiceLinkedRole",
     "Condition": {
      "StringEquals": {
       "iam:AWSServiceName": "lambda.amazonaws.com"
      }
     },
     "Effect": "Allow",
     "Resource": "arn:aws:iam::*:role/aws-service-role/lambda.amazonaws.com/AWSServiceRoleForLambda"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AWSXRayDaemonWriteAccess",
  "path": "/",
  "arn": "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess",
  "version": "v2",
  "createdAt": "2018-08-28T23:00:33+00:00",
  "updatedAt": "2024-02-13T21:58:30+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "xray:PutTraceSegments",
      "xray:PutTelemetryRecords",
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:GetSamplingStatisticSummaries"
     ],
     "Effect": "Allow",
     "Resource": [
      "*"
     ],
     "Sid": "AWSXRayDaemonWriteAccess"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AdministratorAccess",
  "path": "/",
  "arn": "arn:aws:iam::aws:policy/AdministratorAccess",
  "version": "v1",
  "createdAt": "2015-02-06T18:39:46+00:00",
  "updatedAt": "2015-02-06T18:39:46+00:00",
  "document": {
   "Statement": [
    {
     "Action": "*",
     "Effect": "Allow",
     "Resource": "*"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AmazonAPIGatewayPushToCloudWatchLogs",
  "path": "/service-role/",
  "arn": "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
  "version": "v1",
  "createdAt": "2015-11-11T23:41:46+00:00",
  "updatedAt": "2015-11-11T23:41:46+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:DescribeLogGroups",
      "logs:DescribeLogStreams",
      "logs:PutLogEvents",
      "logs:GetLogEvents",
      "logs:FilterLogEvents"
     ],
     "Effect": "Allow",
     "Resource": "*"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AmazonDynamoDBFullAccess",
  "path": "/",
  "arn": "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess",
  "version": "v15",
  "createdAt": "2015-02-06T18:40:11+00:00",
  "updatedAt": "2021-01-29T17:38:30+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "dynamodb:*",
      "dax:*",
      "application-autoscaling:DeleteScalingPolicy",
      "application-autoscaling:DeregisterScalableTarget",
      "application-autoscaling:DescribeScalableTargets",
      "application-autoscaling:DescribeScalingActivities",
      "application-autoscaling:DescribeScalingPolicies",
      "application-autoscaling:PutScalingPolicy",
      "application-autoscaling:RegisterScalableTarget",
      "cloudwatch:DeleteAlarms",
      "cloudwatch:DescribeAlarmHistory",
      "cloudwatch:DescribeAlarms",
      "cloudwatch:DescribeAlarmsForMetric",
      "cloudwatch:GetMetricStatistics",
      "cloudwatch:ListMetrics",
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:GetMetricData",
      "datapipeline:ActivatePipeline",
      "datapipeline:CreatePipeline",
      "datapipeline:DeletePipeline",
      "datapipeline:DescribeObjects",
      "datapipeline:DescribePipelines",
      "datapipeline:GetPipelineDefinition",
      "datapipeline:ListPipelines",
      "datapipeline:PutPipelineDefinition",
      "datapipeline:QueryObjects",
      "ec2:DescribeVpcs",
      "ec2:DescribeSubnets",
      "ec2:DescribeSecurityGroups",
      "iam:GetRole",
      "iam:ListRoles",
      "kms:DescribeKey",
      "kms:ListAliases",
      "sns:CreateTopic",
      "sns:DeleteTopic",
      "sns:ListSubscriptions",
      "sns:ListSubscriptionsByTopic",
      "sns:ListTopics",
      "sns:Subscribe",
      "sns:Unsubscribe",
      "sns:SetTopicAttributes",
      "lambda:CreateFunction",
      "lambda:ListFunctions",
      "lambda:ListEventSourceMappings",
      "lambda:CreateEventSourceMapping",
      "lambda:DeleteEventSourceMapping",
      "lambda:GetFunctionConfiguration",
      "lambda:DeleteFunction",
      "resource-groups:ListGroups",
      "resource-groups:ListGroupResources",
      "resource-groups:GetGroup",
      "resource-groups:GetGroupQuery",
      "resource-groups:DeleteGroup",
      "resource-groups:CreateGroup",
      "tag:GetResources",
      "kinesis:ListStreams",
      "kinesis:DescribeStream",
      "kinesis:DescribeStreamSummary"
     ],
     "Effect": "Allow",
     "Resource": "*"
    },
    {
     "Action": "cloudwatch:GetInsightRuleReport",
     "Effect": "Allow",
     "Resource": "arn:aws:cloudwatch:*:*:insight-rule/DynamoDBContributorInsights*"
    },
    {
     "Action": [
      "iam:PassRole"
     ],
     "Condition": {
      "StringLike": {
       "iam:PassedToService": [
        "application-autoscaling.amazonaws.com",
        "application-autoscaling.amazonaws.com.cn",
        "dax.amazonaws.com"
       ]
      }
     },
     "Effect": "Allow",
     "Resource": "*"
    },
    {
     "Action": [
      "iam:CreateServiceLinkedRole"
     ],
     "Condition": {
      "StringEquals": {
       "iam:AWSServiceName": [
        "replication.dynamodb.amazonaws.com",
        "dax.amazonaws.com",
        "dynamodb.application-autoscaling.amazonaws.com",
        "contributorinsights.dynamodb.amazonaws.com",
        "kinesisreplication.dynamodb.amazonaws.com"
       ]
      }
     },
     "Effect": "Allow",
     "Resource": "*"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AmazonDynamoDBReadOnlyAccess",
  "path": "/",
  "arn": "arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess",
  "version": "v15",
  "createdAt": "2015-02-06T18:40:12+00:00",
  "updatedAt": "2024-11-18T17:38:15+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "application-autoscaling:DescribeScalableTargets",
      "application-autoscaling:DescribeScalingActivities",
      "application-autoscaling:DescribeScalingPolicies",
      "cloudwatch:DescribeAlarmHistory",
      "cloudwatch:DescribeAlarms",
      "cloudwatch:DescribeAlarmsForMetric",
      "cloudwatch:GetMetricStatistics",
      "cloudwatch:ListMetrics",
      "cloudwatch:GetMetricData",
      "datapipeline:DescribeObjects",
      "datapipeline:DescribePipelines",
      "datapipeline:GetPipelineDefinition",
      "datapipeline:ListPipelines",
      "datapipeline:QueryObjects",
      "dynamodb:BatchGetItem",
      "dynamodb:Describe*",
      "dynamodb:List*",
      "dynamodb:GetAbacStatus",
      "dynamodb:GetItem",
      "dynamodb:GetResourcePolicy",
      "dynamodb:Query",
      "dynamodb:Scan",
      "dynamodb:PartiQLSelect",
      "dax:Describe*",
      "dax:List*",
      "dax:GetItem",
      "dax:BatchGetItem",
      "dax:Query",
      "dax:Scan",
      "ec2:DescribeVpcs",
      "ec2:DescribeSubnets",
      "ec2:DescribeSecurityGroups",
      "iam:GetRole",
      "iam:ListRoles",
      "kms:DescribeKey",
      "kms:ListAliases",
      "sns:ListSubscriptionsByTopic",
      "sns:ListTopics",
      "lambda:ListFunctions",
      "lambda:ListEventSourceMappings",
      "lambda:GetFunctionConfiguration",
      "resource-groups:ListGroups",
      "resource-groups:ListGroupResources",
      "resource-groups:GetGroup",
      "resource-groups:GetGroupQuery",
      "tag:GetResources",
      "kinesis:ListStreams",
      "kinesis:DescribeStream",
      "kinesis:DescribeStreamSummary"
     ],
     "Effect": "Allow",
     "Resource": "*",
     "Sid": "GeneralReadOnlyAccess"
    },
    {
     "Action": "cloudwatch:GetInsightRuleReport",
     "Effect": "Allow",
     "Resource": "arn:aws:cloudwatch:*:*:insight-rule/DynamoDBContributorInsights*",
     "Sid": "CCIAccess"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AmazonKinesisFirehoseFullAccess",
  "path": "/",
  "arn": "arn:aws:iam::aws:policy/AmazonKinesisFirehoseFullAccess",
  "version": "v1",
  "createdAt": "2015-10-07T18:45:26+00:00",
  "updatedAt": "2015-10-07T18:45:26+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "firehose:*"
     ],
     "Effect": "Allow",
     "Resource": "*"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AmazonKinesisFullAccess",
  "path": "/",
  "arn": "arn:aws:iam::aws:policy/AmazonKinesisFullAccess",
  "version": "v1",
  "createdAt": "2015-02-06T18:40:29+00:00",
  "updatedAt": "2015-02-06T18:40:29+00:00",
  "document": {
   "Statement": [
    {
     "Action": "kinesis:*",
     "Effect": "Allow",
     "Resource": "*"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AmazonKinesisReadOnlyAccess",
  "path": "/",
  "arn": "arn:aws:iam::aws:policy/AmazonKinesisReadOnlyAccess",
  "version": "v1",
  "createdAt": "2015-02-06T18:40:30+00:00",
  "updatedAt": "2015-02-06T18:40:30+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "kinesis:Get*",
      "kinesis:List*",
      "kinesis:Describe*"
     ],
     "Effect": "Allow",
     "Resource": "*"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AmazonS3FullAccess",
  "path": "/",
  "arn": "arn:aws:iam::aws:policy/AmazonS3FullAccess",
  "version": "v2",
  "createdAt": "2015-02-06T18:40:58+00:00",
  "updatedAt": "2021-09-27T20:16:37+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "s3:*",
      "s3-object-lambda:*"
     ],
     "Effect": "Allow",
     "Resource": "*"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AmazonS3ReadOnlyAccess",
  "path": "/",
  "arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
  "version": "v3",
  "createdAt": "2015-02-06T18:40:59+00:00",
  "updatedAt": "2023-08-10T21:31:39+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "s3:Get*",
      "s3:List*",
      "s3:Describe*",
      "s3-object-lambda:Get*",
      "s3-object-lambda:List*"
     ],
     "Effect": "Allow",
     "Resource": "*"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AmazonSNSFullAccess",
  "path": "/",
  "arn": "arn:aws:iam::aws:policy/AmazonSNSFullAccess",
  "version": "v2",
  "createdAt": "2015-02-06T18:41:05+00:00",
  "updatedAt": "2024-09-24T22:32:05+00:00",
  "document": {
   "Statement": [
    {
     "Action": "sns:*",
     "Effect": "Allow",
     "Resource": "*",
     "Sid": "SNSFullAccess"
    },
    {
     "Action": [
      "sms-voice:DescribeVerifiedDestinationNumbers",
      "sms-voice:CreateVerifiedDestinationNumber",
      "sms-voice:SendDestinationNumberVerificationCode",
      "sms-voice:SendTextMessage",
      "sms-voice:DeleteVerifiedDestinationNumber",
      "sms-voice:VerifyDestinationNumber",
      "sms-voice:DescribeAccountAttributes",
      "sms-voice:DescribeSpendLimits",
      "sms-voice:DescribePhoneNumbers",
      "sms-voice:SetTextMessageSpendLimitOverride",
      "sms-voice:DescribeOptedOutNumbers",
      "sms-voice:DeleteOptedOutNumber"
     ],
     "Condition": {
      "StringEquals": {
       "aws:CalledViaLast": "sns.amazonaws.com"
      }
     },
     "Effect": "Allow",
     "Resource": "*",
     "Sid": "SMSAccessViaSNS"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "AmazonSQSFullAccess",
  "path": "/",
  "arn": "arn:aws:iam::aws:policy/AmazonSQSFullAccess",
  "version": "v1",
  "createdAt": "2015-02-06T18:41:07+00:00",
  "updatedAt": "2015-02-06T18:41:07+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "sqs:*"
     ],
     "Effect": "Allow",
     "Resource": "*"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "CloudWatchFullAccess",
  "path": "/",
  "arn": "arn:aws:iam::aws:policy/CloudWatchFullAccess",
  "version": "v4",
  "createdAt": "2015-02-06T18:40:00+00:00",
  "updatedAt": "2022-11-27T13:23:49+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "autoscaling:Describe*",
      "cloudwatch:*",
      "logs:*",
      "sns:*",
      "iam:GetPolicy",
      "iam:GetPolicyVersion",
      "iam:GetRole",
      "oam:ListSinks"
     ],
     "Effect": "Allow",
     "Resource": "*"
    },
    {
     "Action": "iam:CreateServiceLinkedRole",
     "Condition": {
      "StringLike": {
       "iam:AWSServiceName": "events.amazonaws.com"
      }
     },
     "Effect": "Allow",
     "Resource": "arn:aws:iam::*:role/aws-service-role/events.amazonaws.com/AWSServiceRoleForCloudWatchEvents*"
    },
    {
     "Action": [
      "oam:ListAttachedLinks"
     ],
     "Effect": "Allow",
     "Resource": "arn:aws:oam:*:*:sink/*"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "CloudWatchLogsFullAccess",
  "path": "/",
  "arn": "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess",
  "version": "v8",
  "createdAt": "2015-02-06T18:40:02+00:00",
  "updatedAt": "2026-02-12T18:00:33+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "logs:*",
      "cloudwatch:GenerateQuery",
      "cloudwatch:GenerateQueryResultsSummary",
      "observabilityadmin:GetS3TableIntegration",
      "observabilityadmin:ListS3TableIntegrations",
      "observabilityadmin:ListTelemetryPipelines"
     ],
     "Effect": "Allow",
     "Resource": "*",
     "Sid": "CloudWatchLogsFullAccess"
    }
   ],
   "Version": "2012-10-17"
  }
 },
 {
  "name": "CloudWatchLogsReadOnlyAccess",
  "path": "/",
  "arn": "arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess",
  "version": "v12",
  "createdAt": "2015-02-06T18:40:03+00:00",
  "updatedAt": "2026-02-12T17:59:13+00:00",
  "document": {
   "Statement": [
    {
     "Action": [
      "logs:Describe*",
      "logs:Get*",
      "logs:List*",
      "logs:StartQuery",
      "logs:StopQuery",
      "logs:TestMetricFilter",
      "logs:FilterLogEvents",
      "logs:StartLiveTail",
      "logs:StopLiveTail",
      "cloudwatch:GenerateQuery",
      "cloudwatch:GenerateQueryResultsSummary",
      "observabilityadmin:ListS3TableIntegrations",
      "observabilityadmin:GetS3TableIntegration",
      "observabilityadmin:ListTelemetryPipelines"
     ],
     "Effect": "Allow",
     "Resource": "*",
     "Sid": "CloudWatchLogsReadOnlyAccess"
    }
   ],
   "Version": "2012-10-17"
  }
 }
];
