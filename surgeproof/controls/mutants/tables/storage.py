"""Claims of controls of buckets, keys, tables, databases and caches."""

from surgeproof.controls.mutants.claims import claims
from surgeproof.controls.mutants.groups import UNPROTECTED, off, unsealed
from surgeproof.controls.mutants.operators import added, both, drop, edited, gone, moved, option, put
from surgeproof.controls.mutants.policies import allowed, opened, with_statement, without_statements

ACCOUNT = "account_public_access_block"
BLOCK = "public_access_block"
claims(
    "S3-01",
    gone(BLOCK),
    *(put(flag, False, on=BLOCK) for flag in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls")),
    off("restrictPublicBuckets", on=BLOCK),
    drop("bucket", on=BLOCK),
    put("blockPublicAcls", False, on=ACCOUNT),
    put("blockPublicPolicy", False, on=ACCOUNT),
    put("ignorePublicAcls", False, on=ACCOUNT),
    off("restrictPublicBuckets", on=ACCOUNT),
)
claims(
    "S3-09",
    gone(ACCOUNT),
    option("no protect", on=ACCOUNT, protect=False),
    option("ignore all", on=ACCOUNT, ignore_changes=("*",)),
    option("ignore a flag", on=ACCOUNT, ignore_changes=("blockPublicPolicy",)),
)
RULE = "rules[0].applyServerSideEncryptionByDefault"
claims(
    "S3-02",
    gone("bucket_encryption"),
    put(f"{RULE}.sseAlgorithm", "AES256", on="bucket_encryption"),
    unsealed(f"{RULE}.kmsMasterKeyId", "s3", on="bucket_encryption"),
    put("rules[0].bucketKeyEnabled", False, on="bucket_encryption", linked=True),
)
claims(
    "S3-03",
    gone("bucket_policy"),
    drop("policy", on="bucket_policy"),
    without_statements("the denial is gone", "aws:SecureTransport", on="bucket_policy"),
    edited(
        "the denial becomes an allowance",
        "policy",
        lambda text: str(text).replace("'", '"').replace("Deny", "Allow"),
        on="bucket_policy",
    ),
)
claims(
    "S3-04",
    gone("bucket_versioning"),
    gone("bucket_lifecycle"),
    put("versioningConfiguration.status", "Suspended", on="bucket_versioning"),
    drop("rules[0].abortIncompleteMultipartUpload", on="bucket_lifecycle"),
    drop("rules[0].noncurrentVersionExpiration", on="bucket_lifecycle"),
    put("rules[0].status", "Disabled", on="bucket_lifecycle"),
    put("rules[0].expiration.days", 30, on="bucket_lifecycle"),
)
claims(
    "S3-05",
    gone("bucket_logging"),
    put("targetBucket", "somebody-elses-bucket", on="bucket_logging"),
    drop("targetBucket", on="bucket_logging"),
    drop("bucket", on="bucket_logging"),
)
claims(
    "S3-06",
    gone("bucket_ownership"),
    put("rule.objectOwnership", "ObjectWriter", on="bucket_ownership"),
    put("rule.objectOwnership", "BucketOwnerPreferred", on="bucket_ownership"),
    put("acl", "public-read"),
    put("grants", [{"type": "Group"}]),
    added("an ACL beside it", "aws:s3/bucketAcl:BucketAcl", {"acl": "private"}, bucket=""),
)
claims(
    "S3-07",
    opened("s3:GetObject"),
    with_statement(
        "a foreign account may read",
        {**allowed("s3:GetObject"), "Principal": {"AWS": "arn:aws:iam::999999999999:root"}},
    ),
)
LOCK = "bucket_object_lock"
claims(
    "S3-08",
    gone(LOCK),
    put("rule.defaultRetention.mode", "GOVERNANCE", on=LOCK),
    put("rule.defaultRetention.days", 30, on=LOCK),
    put("forceDestroy", True),
    with_statement(
        "the account may write",
        {**allowed("s3:PutObject"), "Principal": {"AWS": "arn:aws:iam::123456789012:root"}},
        on="bucket_policy",
    ),
)
claims(
    "CT-06",
    gone(BLOCK),
    gone("bucket_encryption"),
    gone("bucket_policy"),
    gone("bucket_logging"),
    gone(LOCK),
    UNPROTECTED,
)
claims(
    "KMS-01",
    off("enableKeyRotation"),
    put("rotationPeriodInDays", 2560),
    put("rotationPeriodInDays", 0),
)
claims(
    "KMS-02",
    drop("policy"),
    with_statement("everybody may decrypt", {**allowed("kms:Decrypt"), "Principal": "*"}),
    with_statement(
        "all but one may encrypt", {**allowed("kms:Encrypt"), "NotPrincipal": {"AWS": "arn:aws:iam::1:root"}}
    ),
    with_statement(
        "the root may do everything", {**allowed("kms:*"), "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}
    ),
    with_statement("the administrator may decrypt", {**allowed("kms:Decrypt"), "Principal": {"AWS": "123456789012"}}),
)
claims("KMS-03", put("deletionWindowInDays", 7), put("isEnabled", False), put("isEnabled", "false"), UNPROTECTED)
claims(
    "DDB-01",
    off("serverSideEncryption.enabled"),
    unsealed("serverSideEncryption.kmsKeyArn", "dynamodb"),
    put("replicas", [{"regionName": "eu-west-3"}]),
)
claims("DDB-02", off("pointInTimeRecovery.enabled"), off("deletionProtectionEnabled"))
claims(
    "DDB-03",
    put("billingMode", "PROVISIONED"),
    drop("billingMode"),
)
claims("RDS-01", off("storageEncrypted"), unsealed("kmsKeyId", "rds"))
claims("RDS-02", put("publiclyAccessible", True), drop("publiclyAccessible"), put("publiclyAccessible", "true"))
claims(
    "RDS-03",
    gone("database_instance", where=lambda item: not item.name.endswith("-0"), label="one instance"),
    gone("database_instance"),
    put("availabilityZone", "eu-west-1a", on="database_instance"),
    drop("clusterIdentifier", on="database_instance"),
)
claims(
    "RDS-04",
    off("deletionProtection"),
    put("skipFinalSnapshot", True),
    put("backupRetentionPeriod", 1),
    drop("backupRetentionPeriod"),
    off("copyTagsToSnapshot"),
)
claims(
    "RDS-05",
    put("enabledCloudwatchLogsExports", []),
    put("enabledCloudwatchLogsExports", ["upgrade"]),
    drop("enabledCloudwatchLogsExports"),
    put("engine", "aurora-mysql"),
)
claims(
    "RDS-06", off("iamDatabaseAuthenticationEnabled"), put("masterUsername", "postgres"), put("masterUsername", "admin")
)
claims(
    "RDS-07",
    put("masterPassword", "hunter2"),
    put("password", "hunter2"),
    off("manageMasterUserPassword"),
    both(
        "made from a snapshot, with its password", put("snapshotIdentifier", "snap"), drop("manageMasterUserPassword")
    ),
)
TLS = "database_parameters"
claims(
    "RDS-08",
    put("parameters[0].value", "0", on=TLS),
    put("parameters", [], on=TLS),
    drop("parameters", on=TLS),
    drop("dbClusterParameterGroupName"),
)
claims("RDS-09", put("autoMinorVersionUpgrade", False), put("autoMinorVersionUpgrade", "false"))
PUBLIC = "public"
claims(
    "RDS-10",
    moved("a public subnet in the group", "subnetIds", "subnet", where=lambda item: PUBLIC in item.name),
    moved(
        "data subnets use the public routes",
        "routeTableId",
        "route_table",
        on="route_table_association",
        where=lambda item: PUBLIC in item.name,
    ),
    put("routes", [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}], on="route_table"),
    added(
        "a route out for the data",
        "aws:ec2/route:Route",
        {"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"},
        routeTableId="route_table?network-data",
    ),
)
claims("EC-01", off("atRestEncryptionEnabled"), unsealed("kmsKeyId", "elasticache"))
claims("EC-02", off("transitEncryptionEnabled"), put("transitEncryptionMode", "preferred"))
claims(
    "EC-03",
    drop("userGroupIds", "authToken"),
    both("a typed token in place of users", drop("userGroupIds"), put("authToken", "hunter2-hunter2-hunter2")),
    both(
        "a user without a password",
        put("noPasswordRequired", True, on="cache_user"),
        put("accessString", "on ~* +@all", on="cache_user"),
    ),
    put("userGroupIds", []),
)
claims(
    "EC-04",
    off("automaticFailoverEnabled"),
    off("multiAzEnabled"),
    put("numCacheClusters", 1),
    put("replicasPerNodeGroup", 0),
    put("snapshotRetentionLimit", 0),
)
claims(
    "EC-05",
    put("autoMinorVersionUpgrade", False),
    drop("subnetGroupName"),
    put("subnetGroupName", "default"),
    moved(
        "a public subnet in the group",
        "subnetIds",
        "subnet",
        on="cache_subnets",
        where=lambda item: PUBLIC in item.name,
    ),
)
SELECTION = "backup_selection"
claims(
    "BKP-01",
    gone(SELECTION),
    put("tags", {}),
    put("selectionTags", [{"type": "STRINGEQUALS", "key": "backup", "value": "never"}], on=SELECTION),
    drop("selectionTags", "resources", on=SELECTION),
)
claims(
    "BKP-02",
    unsealed("kmsKeyArn", "backup"),
    gone("backup_vault_lock"),
    put("minRetentionDays", 7, on="backup_vault_lock"),
    drop("minRetentionDays", on="backup_vault_lock"),
    put("rules[0].lifecycle.deleteAfter", 7, on="backup_plan", linked=True),
)
