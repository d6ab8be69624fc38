# make run   set up, build, load the sample answers and serve http://127.0.0.1:8080
# make test  set up, build and run the tests

export SWIFT_BACKTRACE = enable=no

.PHONY: run test setup build lint bench clean

run: build
	exec .build/release/switchyard demo

# Two tests at once, one for each processor of a small machine: all share one PostgreSQL.
test: setup
	swift build --build-tests
	swift test --skip-build --parallel --experimental-maximum-parallelization-width 2

setup:
	scripts/setup

# Needs less than tests do.
build:
	scripts/setup product
	swift build -c release --product switchyard --static-swift-stdlib

lint:
	swift format lint --strict --recursive --parallel Sources Tests Package.swift

bench: build
	scripts/bench

clean:
	rm -rf .build
