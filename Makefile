# make demo     install the C libraries, build, and run the whole pipeline on a simulated session
# make test     install the C libraries, build, check the format and run all tests
# make pictures make the README's pictures anew
# make bench    measure the tools on simulated sessions; BENCH_SIZES="1000 10000" chooses others
# make install  put the tools into PREFIX/bin

SWIFT ?= swift
PREFIX ?= /usr/local
TOOLS = epu-ingest epu-analyze epu-report epu-simulate

# Numbers of exposures; of one more session with JPGs and twins, 0 for none; how often; 1 keeps the sessions.
BENCH_SIZES ?= 1000 10000 100000
BENCH_IMAGES ?= 10000
BENCH_RUNS ?= 5
BENCH_KEEP ?= 0

.PHONY: demo test build bench pictures install format dependencies clean

demo: build
	@Scripts/demo.sh "$$($(SWIFT) build -c release --show-bin-path)" demo

test: dependencies
	$(SWIFT) format lint --strict --recursive --parallel Sources Tests Benchmarks Package.swift
	$(SWIFT) build --build-tests
	$(SWIFT) test --disable-xctest --skip-build

build: dependencies
	$(SWIFT) build -c release

bench: build
	@"$$($(SWIFT) build -c release --show-bin-path)/epu-benchmark" --sizes $(BENCH_SIZES) --images $(BENCH_IMAGES) \
	    --runs $(BENCH_RUNS) $(if $(filter 1,$(BENCH_KEEP)),--keep) --scratch bench

pictures: build
	@Scripts/pictures.sh "$$($(SWIFT) build -c release --show-bin-path)" Documentation

# The Swift runtime goes into the tools, so that they run where Swift is not installed.
install: dependencies
	$(SWIFT) build -c release --static-swift-stdlib
	mkdir -p "$(DESTDIR)$(PREFIX)/bin"
	for tool in $(TOOLS); do \
	    install -m 755 "$$($(SWIFT) build -c release --static-swift-stdlib --show-bin-path)/$$tool" \
	        "$(DESTDIR)$(PREFIX)/bin/$$tool" || exit 1; \
	done

format:
	$(SWIFT) format --in-place --recursive --parallel Sources Tests Benchmarks Package.swift

dependencies:
	@Scripts/dependencies.sh

clean:
	rm -rf .build demo bench
