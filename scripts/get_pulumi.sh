#!/usr/bin/env bash
# Builds the pinned Pulumi CLI from its sources into .tools/bin/pulumi, for machines that can't have Pulumi's own release.
# About five minutes once (Go 1.26); nothing when it is there. Versions and checksums: scripts/pulumi-cli/.
set -euo pipefail
cd "$(dirname "$0")/.."

MODULE=github.com/pulumi/pulumi
TARGET="$PWD/.tools/bin/pulumi"
VERSION=$(awk -v module="$MODULE/pkg/v3" '$1 == module {print $2} $2 == module {print $3}' scripts/pulumi-cli/go.mod)

if [ -x "$TARGET" ] && [ "$("$TARGET" version)" = "$VERSION" ]; then
    exit 0
fi
GO=$(command -v go || echo /usr/local/go/bin/go)
if [ ! -x "$GO" ]; then
    echo "get_pulumi: no Go to build the Pulumi CLI with. Install Pulumi $VERSION (https://www.pulumi.com/docs/install/) or Go 1.26." >&2
    exit 2
fi
mkdir -p "$(dirname "$TARGET")"
cd scripts/pulumi-cli
# Without a version in it, the Automation API refuses the CLI. -trimpath would miss the build cache.
"$GO" build -mod=readonly -ldflags "-X $MODULE/sdk/v3/go/common/version.Version=$VERSION" -o "$TARGET.new" "$MODULE/pkg/v3/cmd/pulumi"
mv "$TARGET.new" "$TARGET"
"$TARGET" version
