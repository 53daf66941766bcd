#!/bin/sh
# Runs when the emulator answers, in LocalStack's image and in ours alike. A hook that fails makes the container unhealthy, so
# that nothing is deployed. More of your own: any executable *.sh beside this one; they run in the order of their names.

# Our image runs functions as processes of its own.
[ -n "$LOCALSTACK_BUILD_VERSION" ] || exit 0

# LocalStack runs them in containers. Without an engine it takes every deployment, and every function fails when it is called.
if ! curl -sf --unix-socket /var/run/docker.sock http://engine/_ping > /dev/null; then
  echo "No container engine answers at /var/run/docker.sock: LocalStack could run no function." >&2
  exit 1
fi
