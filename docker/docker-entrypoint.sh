#!/bin/sh
# `docker run headwater deploy rivers ...` is `headwater deploy rivers ...`; without a command it is the emulator.
[ $# -gt 0 ] || set -- start
exec tini -s -- headwater "$@"
