# Go, git and make are all that `quickstart` and `test` need.
PHOTOS  ?= ../shared/data/clothing/train
PYTHON  ?= python3
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LINT    := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: build quickstart test levels xla upstream race lint fmt bench bench-cpu gpu interop clean

build: ## ./bin/pipe, one static binary (CGO_ENABLED=1 adds XLA)
	CGO_ENABLED=$${CGO_ENABLED:-0} go build -trimpath -ldflags '-X fashionpipe/cmd/pipe/cli.version=$(VERSION)' -o bin/pipe ./cmd/pipe

quickstart: build ## draw a data set, train, cluster, judge: out/quickstart/report.html
	./bin/pipe run pipelines/quickstart.yaml

test: ## every test; needs nothing but Go
	CGO_ENABLED=0 go vet ./...
	CGO_ENABLED=0 go test -timeout 15m ./...

# -count=1: PIPE_SIMD is read as packages begin, which the cache of test results doesn't see.
levels: ## the kernels' tests with lower instructions, and a compilation for arm64
	PIPE_SIMD=avx2 CGO_ENABLED=0 go test -count=1 -short ./internal/simd/... ./internal/nearest ./model/cluster ./model/cpu/...
	PIPE_SIMD=none CGO_ENABLED=0 go test -count=1 -short ./internal/simd/... ./internal/nearest ./model/cluster ./model/cpu/...
	GOARCH=arm64 CGO_ENABLED=0 go vet ./...

# XLA's code generator at its lowest level: what is tested is what is computed, and it is compiled in half the time.
xla: export CGO_ENABLED = 1
xla: export PIPE_TEST_PLUGIN = $(PLUGIN)
xla: export PJRT_CPU_DEVICES = 3
xla: export XLA_FLAGS = --xla_backend_optimization_level=0
xla: ## the tests on XLA; PLUGIN is a PJRT plugin for processors (bench/xlacpu/build.sh makes one)
	go test -short -timeout 20m ./model ./stages
	go test -short -run 'Scripts/(doctor|plugin)' ./cmd/pipe/cli

upstream: ## GoMLX's own tests (graphs, gradients, layers, training) on backend cpu; UPSTREAM=-short leaves out the longest
	go run ./model/cpu/upstream $(UPSTREAM)

# Without the pointer checks that come with it: parquet-go meets a damaged file with a panic that they make fatal, and
# GoMLX's own pointer arithmetic stops at them. Not ./cmd and ./model, which are slow here: all they share is in ./dag and
# below ./model.
race: ## what is concurrent, under the race detector (needs a C compiler)
	CGO_ENABLED=1 go test -short -race -gcflags=all=-d=checkptr=0 -timeout 20m ./dag/... ./internal/... ./formats/... ./model/cluster ./model/cpu/... ./eval/...

lint: ## golangci-lint, import arrows included
	$(LINT) run ./...

fmt: ## gofmt
	gofmt -w $$(git ls-files '*.go')

bench: ## ratios against the peers; PYTHON needs pillow, dvc, snakemake
	go run ./bench/decode -photos $(PHOTOS) -python $(PYTHON)
	go run ./bench/noop -python $(PYTHON)

bench-cpu: ## the processor's kernels beside PyTorch, FAISS and scikit-learn; PYTHON needs torch, torchvision, faiss-cpu, scikit-learn
	go run ./bench/cpu -go -python $(PYTHON)
	go run ./bench/cluster -python $(PYTHON)

gpu: ## ./bin/pipe-gpu, what bench/gpu.sh carries to a machine with a GPU (needs a C compiler)
	bench/gpu.sh build

interop: ## pyarrow and DuckDB read every file of a run; PYTHON needs pyarrow and duckdb
	$(PYTHON) formats/testdata/interop.py out/quickstart

clean:
	rm -rf bin out
