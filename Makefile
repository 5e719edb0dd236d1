# make             install the C libraries, build the tools, and print these lines
# make demo        build, and run the whole pipeline on a simulated session
# make test        check the format, build and run all tests
# make check       check the format of the Swift files, the shell scripts with ShellCheck, and the pages' scripts with oxlint
# make coverage    run all tests, and print the files of which fewer than 85 % of the lines ran; fails where no reason is given
# make sanitize    run the tests of SANITIZE_TESTS in builds with the sanitizers of SANITIZE
# make mutations   break ten central lines, one at a time, and see that a test fails at each
# make test-peers  install RELION, Chromium and Python packages, and have them read what the tools write
# make test-slurm  install Slurm, and run the scripts for clusters on two nodes of this machine; as root
# make test-stress one writer and eight readers for STRESS_SECONDS, then what writes an archive killed STRESS_KILLS times
# make test-spark  have a Spark cluster of two executors ask questions of exported sessions; needs Java 17, takes minutes
# make dist        build a tarball and a .deb for machines without Swift and internet, in DIST_FOLDER
# make dist-twice  build them in two other folders, and compare: the same sources give the same bytes
# make test-dist   install those two on bare systems, and use them there; as root
# make pictures    make the README's pictures again
# make bench       measure the tools on simulated sessions of BENCH_SIZES, and beside the build of another checkout, BASE
# make bench-archive  build an archive of BENCH_ARCHIVE_SESSIONS sessions of 2000 exposures by merging, and measure its use
# make accuracy    analyse many simulated sessions and print what is found of their truth
# make fuzz        read bytes that libFuzzer makes up, for FUZZ_SECONDS
# make format      lay out the Swift files as make check wants them
# make install     put the tools into PREFIX/bin
# make clean       remove what was built and measured

SWIFT ?= swift
PREFIX ?= /usr/local
TOOLS = epu-ingest epu-analyze epu-report epu-simulate

# How the tools are built for use. With DIST=1 all targets that use them take the executables of the packages, so that what is tested
# is what is shipped.
DIST ?= 0
RELEASE = $(if $(filter 1,$(DIST)),SWIFT="$(SWIFT)" Packaging/build.sh,$(SWIFT) build -c release)
DIST_FOLDER ?= dist

# Numbers of exposures; of one more session with JPGs and twins, 0 for none; of sessions on the way from files to lists; of sessions
# on a file system that answers late; of archives for the search for overlaps; of particles in STAR files; of sessions for the
# montage; how often; 1 keeps the sessions.
BENCH_SIZES ?= 1000 10000 100000
BENCH_IMAGES ?= 10000
BENCH_WHOLE ?= 20000 1000 50000
BENCH_SLOW ?= 2000
BENCH_OVERLAPS ?= 10000 50000 200000
BENCH_PARTICLES ?= 100000 1000000
BENCH_MONTAGE ?= 1000
BENCH_RUNS ?= 5
BENCH_KEEP ?= 0

# Number of sessions, and where their archive is kept: 35 GB for 10000.
BENCH_ARCHIVE_SESSIONS ?= 10000
BENCH_ARCHIVE_FOLDER ?= .build-bench-archive

# Number of sessions; 1 keeps their archive.
ACCURACY_SESSIONS ?= 600
ACCURACY_KEEP ?= 0

FUZZ_SECONDS ?= 60

# Builds with sanitizers: that of addresses and of what C leaves undefined, and that of threads; regular expressions of tests, each of
# which runs in a process of its own, so that one that ends early hides no other.
SANITIZE ?= address thread
SANITIZE_TESTS ?= SharedTests FormatTests IngestTests AnalyzeTests SimulateTests ReportTests

STRESS_SECONDS ?= 300
STRESS_KILLS ?= 30

# The session of EPU_group_AFIS, of which two of the pictures are.
EXAMPLE ?= ../shared/data/morado

.PHONY: all demo test coverage sanitize mutations test-peers test-slurm test-stress test-spark check lint build build-tests \
    dist dist-twice test-dist bench bench-archive accuracy fuzz pictures install format dependencies clean

all: build
	@echo
	@sed -n 's/^# make/make/p' $(firstword $(MAKEFILE_LIST))

demo: build
	@Scripts/demo.sh "$$($(RELEASE) --show-bin-path)" demo

# The tests run the tools that are built for use: those of the tests' own build take several times as long for the same.
test: lint build build-tests
	@SWIFT="$(SWIFT)" Scripts/run-tests.sh "$$($(RELEASE) --show-bin-path)"

# In a build of its own. The tests run the tools of this build, not those that are built for use, so that these count, too.
coverage: dependencies
	$(SWIFT) build --build-tests --enable-code-coverage --scratch-path .build-coverage
	@SWIFT="$(SWIFT)" Scripts/coverage.py .build-coverage

sanitize: dependencies
	@status=0; for checks in $(SANITIZE); do for tests in $(SANITIZE_TESTS); do \
	    SWIFT="$(SWIFT)" Scripts/sanitize.sh $$checks --filter "$$tests" || status=1; \
	done; done; exit $$status

mutations: dependencies
	SWIFT="$(SWIFT)" Tests/Mutations/run.py

check: lint
	@command -v shellcheck >/dev/null || Scripts/apt-install.sh shellcheck
	shellcheck Packaging/*.sh Scripts/*.sh Scripts/slurm/*.sbatch Tests/Slurm/*.sh .ci/run
	@python3 -c "import ensurepip, venv" 2>/dev/null || Scripts/apt-install.sh python3-venv
	@$(MAKE) --no-print-directory .build-lint/installed
	Scripts/lint_pages.py .build-lint/bin/oxlint

lint:
	$(SWIFT) format lint --strict --recursive --parallel Sources Tests Benchmarks Fuzz Package.swift

test-peers: build
	@Scripts/peers.sh
	@$(MAKE) --no-print-directory .build-venv/installed
	EPU_TOOLS="$$($(RELEASE) --show-bin-path)" PYTHONDONTWRITEBYTECODE=1 \
	    .build-venv/bin/python -m pytest -q -p no:cacheprovider Tests/Peers

test-slurm: build
	@missing=$$(for program in slurmctld slurmd munged; do command -v $$program >/dev/null || echo $$program; done); \
	    [ -z "$$missing" ] || Scripts/apt-install.sh slurmctld slurmd slurm-client munge
	@Tests/Slurm/run.sh "$$($(RELEASE) --show-bin-path)"

test-stress: build
	@Scripts/peers.sh
	@$(MAKE) --no-print-directory .build-venv/installed
	.build-venv/bin/python -B Tests/Stress/many_users.py "$$($(RELEASE) --show-bin-path)" --seconds $(STRESS_SECONDS)
	.build-venv/bin/python -B Tests/Stress/killed.py "$$($(RELEASE) --show-bin-path)" --times $(STRESS_KILLS)

test-spark: build
	@Scripts/peers.sh
	@command -v java >/dev/null || Scripts/apt-install.sh openjdk-17-jre-headless
	@$(MAKE) --no-print-directory .build-venv/installed-spark
	EPU_TOOLS="$$($(RELEASE) --show-bin-path)" PYTHONDONTWRITEBYTECODE=1 \
	    .build-venv/bin/python -m pytest -q -s -p no:cacheprovider Tests/Peers/spark.py

build: dependencies
	$(RELEASE)

build-tests: dependencies
	$(SWIFT) build --build-tests

bench: build
	@$(MAKE) --no-print-directory .build-venv/installed || \
	    echo "No SciPy and Pillow: nothing is compared with them. Is python3-venv installed?" >&2
	@"$$($(RELEASE) --show-bin-path)/epu-benchmark" --sizes $(BENCH_SIZES) --images $(BENCH_IMAGES) \
	    --runs $(BENCH_RUNS) $(if $(filter 1,$(BENCH_KEEP)),--keep) --scratch bench
	@"$$($(RELEASE) --show-bin-path)/epu-benchmark" whole --sizes $(BENCH_WHOLE) \
	    $(if $(BASE),--base "$(BASE)/.build/release") --runs $(BENCH_RUNS) --scratch bench
	@"$$($(RELEASE) --show-bin-path)/epu-benchmark" slow --sizes $(BENCH_SLOW) \
	    $(if $(BASE),--base "$(BASE)/.build/release") --runs $(BENCH_RUNS) --scratch bench
	@"$$($(RELEASE) --show-bin-path)/epu-benchmark" overlaps --sizes $(BENCH_OVERLAPS) \
	    --runs $(BENCH_RUNS) --scratch bench
	@"$$($(RELEASE) --show-bin-path)/epu-benchmark" star --rows $(BENCH_PARTICLES) \
	    --runs $(BENCH_RUNS) --scratch bench
	@"$$($(RELEASE) --show-bin-path)/epu-benchmark" montage --sizes $(BENCH_MONTAGE) \
	    --runs $(BENCH_RUNS) --scratch bench

bench-archive: build
	python3 Scripts/bench_archive.py "$$($(RELEASE) --show-bin-path)" $(BENCH_ARCHIVE_FOLDER) \
	    --sessions $(BENCH_ARCHIVE_SESSIONS) --runs $(BENCH_RUNS)

accuracy: build
	@"$$($(RELEASE) --show-bin-path)/epu-benchmark" accuracy --sessions $(ACCURACY_SESSIONS) \
	    $(if $(filter 1,$(ACCURACY_KEEP)),--keep) --scratch accuracy

# In a build of its own: all of it has the coverage and the checks of addresses that libFuzzer needs.
fuzz: build
	EPU_FUZZ=1 $(SWIFT) build -c release --scratch-path .build-fuzz --product epu-fuzz
	@Scripts/fuzz.sh "$$($(RELEASE) --show-bin-path)" \
	    "$$(EPU_FUZZ=1 $(SWIFT) build -c release --scratch-path .build-fuzz --show-bin-path)" fuzz-corpus $(FUZZ_SECONDS)

dist: dependencies
	SWIFT="$(SWIFT)" Packaging/dist.sh "$(DIST_FOLDER)"

dist-twice: dependencies
	rm -rf .build-dist-twice
	SWIFT="$(SWIFT)" Packaging/twice.sh .build-dist-twice

test-dist: dist
	@command -v mmdebstrap >/dev/null || Scripts/apt-install.sh mmdebstrap
	Scripts/test-dist.sh "$(DIST_FOLDER)"

pictures: build
	@Scripts/peers.sh
	@$(MAKE) --no-print-directory .build-venv/installed
	@Scripts/pictures.sh "$$($(RELEASE) --show-bin-path)" Documentation "$(EXAMPLE)"

# The Swift runtime goes into the tools, so that they run where Swift is not installed.
install: dependencies
	$(SWIFT) build -c release --static-swift-stdlib
	mkdir -p "$(DESTDIR)$(PREFIX)/bin"
	for tool in $(TOOLS); do \
	    install -m 755 "$$($(SWIFT) build -c release --static-swift-stdlib --show-bin-path)/$$tool" \
	        "$(DESTDIR)$(PREFIX)/bin/$$tool" || exit 1; \
	done

format:
	$(SWIFT) format --in-place --recursive --parallel Sources Tests Benchmarks Fuzz Package.swift

# One program without others, from PyPI.
.build-lint/installed: Scripts/requirements-lint.txt
	python3 -m venv .build-lint && .build-lint/bin/pip install --quiet --requirement $< || { rm -rf .build-lint; false; }
	@touch $@

# Python packages to compare with and to read what the tools write; the tools do not need them.
.build-venv/installed: Tests/Peers/requirements.txt
	python3 -m venv .build-venv && .build-venv/bin/pip install --quiet --requirement $< || { rm -rf .build-venv; false; }
	@touch $@

# Apart, as it is 434 MB.
.build-venv/installed-spark: .build-venv/installed Tests/Peers/requirements-spark.txt
	.build-venv/bin/pip install --quiet --requirement Tests/Peers/requirements-spark.txt
	@touch $@

dependencies:
	@Scripts/dependencies.sh

clean:
	rm -rf .build .build-address .build-coverage .build-dist .build-dist-twice .build-fuzz .build-lint .build-mutations \
	    .build-thread .build-venv dist demo bench accuracy fuzz-corpus
