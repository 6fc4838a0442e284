#!/bin/sh
# SPDX-License-Identifier: MIT
# What the program says of one file, said of another.
verb=$1
shift 2
exec @TARE@ $verb @PLAIN@ "$@"
